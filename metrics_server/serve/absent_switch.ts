/** Answers for a switch that no snapshot has. */
import { shardOfId } from "../../contracts/mod.ts";
import type { ServeLimits } from "./get_metric.ts";
import { unknownSwitch } from "./not_found.ts";
import { misdirected, noSnapshot } from "./problems.ts";

/**
 * 421 if the switch belongs to another shard, 503 if a source that has not delivered may have it,
 * else 404.
 *
 * @param missing URLs of the sources that have not delivered.
 */
export function absentSwitch(
  switch_id: string,
  missing: readonly string[],
  { shard, retry_after_s }: Pick<ServeLimits, "shard" | "retry_after_s">,
): Response {
  if (shard !== undefined) {
    const index = shardOfId(switch_id, shard.count);
    if (index !== shard.index) return misdirected(`Switch ${switch_id}`, { ...shard, index });
  }
  return missing.length > 0 ? noSnapshot([...missing], retry_after_s) : unknownSwitch(switch_id);
}
