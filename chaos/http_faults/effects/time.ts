/** Faults of the time a sample says it is from: X-Snapshot-Ts and the rows' own timestamps. */
import { HEADER_SNAPSHOT_TS } from "../../../contracts/mod.ts";
import { type Answer, headerOf, withHeader } from "../answer.ts";
import { changeTimestamps } from "../csv/values.ts";
import type { Effect } from "./effect.ts";

/** The source's clock is off; on a 304 too, since that carries the time as well. */
export function skewEffect(skew_ms: number): Effect {
  const skew_us = BigInt(skew_ms) * 1000n;
  return {
    wants_body: true,
    change: (answer) =>
      changeTimes(answer, (time_ms) => time_ms + skew_ms, (time_us) => time_us + skew_us),
  };
}

/** All times are those of the first answer seen. */
export function frozenEffect(): Effect {
  let frozen_ms: number | null = null, frozen_us: bigint | null = null;
  return {
    wants_body: true,
    change: (answer) =>
      changeTimes(
        answer,
        (time_ms) => frozen_ms ??= time_ms,
        (time_us) => frozen_us ??= time_us,
      ),
  };
}

function changeTimes(
  answer: Answer,
  changeMs: (time_ms: number) => number,
  changeUs: (time_us: bigint) => bigint,
): Answer | null {
  const told = headerOf(answer.headers, HEADER_SNAPSHOT_TS);
  const time_ms = told === null ? NaN : Number(told);
  const changed = Number.isFinite(time_ms) ? String(changeMs(time_ms)) : told;
  const headers = changed === null || changed === told
    ? answer.headers
    : withHeader(answer.headers, HEADER_SNAPSHOT_TS, changed);
  const body = answer.status === 200 ? changeTimestamps(answer.body, changeUs) : null;
  if (headers === answer.headers && body === null) return null;
  return { ...answer, headers, body: body ?? answer.body };
}
