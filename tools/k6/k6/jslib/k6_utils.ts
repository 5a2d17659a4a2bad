/** `https://jslib.k6.io/k6-utils/…`. */
import { parseDuration as durationOf } from "../../duration.ts";
import { currentVu } from "../../script/vu.ts";
import { scenario, test } from "../execution.ts";

/** A whole number in [min, max]. */
export function randomIntBetween(min: number, max: number): number {
  return Math.floor(Math.random() * (max - min + 1)) + min;
}

/** One of the elements. */
export function randomItem<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)];
}

/** Letters drawn from a charset. */
export function randomString(
  length: number,
  charset = "abcdefghijklmnopqrstuvwxyz",
): string {
  let text = "";
  for (let i = 0; i < length; i++) text += charset[Math.floor(Math.random() * charset.length)];
  return text;
}

/** A version 4 UUID. */
export function uuidv4(_secure = false): string {
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (char) => {
    const digit = Math.floor(Math.random() * 16);
    return (char === "x" ? digit : (digit & 3) | 8).toString(16);
  });
}

/** The text between two others, or null; with `repeat`, all of them. */
export function findBetween(
  content: string,
  left: string,
  right: string,
  repeat = false,
): string | string[] | null {
  const found: string[] = [];
  for (let at = 0;;) {
    const start = content.indexOf(left, at);
    if (start < 0) break;
    const from = start + left.length;
    const end = content.indexOf(right, from);
    if (end < 0) break;
    found.push(content.slice(from, end));
    if (!repeat) return found[0];
    at = end + right.length;
  }
  return repeat ? found : null;
}

/** A duration such as `1m30s`, in milliseconds. */
export function parseDuration(text: string): number {
  return durationOf(text);
}

interface Stage {
  readonly duration: string | number;
  readonly target: number;
}

/** Its stages, those of the running scenario. @throws {TypeError} It has none. */
function currentStages(): { readonly stages: readonly Stage[]; readonly before: number } {
  const { scenarios } = test.options as {
    scenarios: Record<string, { stages?: Stage[]; startVUs?: number; startRate?: number }>;
  };
  const { stages, startVUs, startRate } = scenarios[scenario.name];
  if (!stages) throw new TypeError(`the scenario ${scenario.name} has no stages`);
  const is_vus = scenario.executor === "ramping-vus";
  return { stages, before: Number((is_vus ? startVUs ?? 1 : startRate) ?? 0) };
}

/** The index of the running stage, from 0; after all stages, of the last. */
export function getCurrentStageIndex(): number {
  const { stages } = currentStages();
  let left_ms = Date.now() - scenario.startTime;
  const index = stages.findIndex(({ duration }) => (left_ms -= durationOf(duration)) < 0);
  return index < 0 ? stages.length - 1 : index;
}

/** Tags later samples of the VU with `stage`, the index of the running stage. */
export function tagWithCurrentStageIndex(): void {
  currentVu().setOwnTag("stage", String(getCurrentStageIndex()));
}

/** Tags later samples of the VU with `stage_profile`: `ramp-up`, `steady` or `ramp-down`. */
export function tagWithCurrentStageProfile(): void {
  const { stages, before } = currentStages();
  const index = getCurrentStageIndex();
  const change = Number(stages[index].target) -
    (index > 0 ? Number(stages[index - 1].target) : before);
  const profile = change > 0 ? "ramp-up" : change < 0 ? "ramp-down" : "steady";
  currentVu().setOwnTag("stage_profile", profile);
}
