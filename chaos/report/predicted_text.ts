/** A prediction in words. */
import { type MeasuredQuantity, quantity } from "../judge/mod.ts";

/** `≤ 9 s`, or nothing where nothing was predicted. */
export function predictedText({ predicted, relation, unit }: MeasuredQuantity): string {
  return predicted === null ? "" : `${relation} ${quantity(predicted, unit)}`;
}
