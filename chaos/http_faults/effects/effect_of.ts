/** From a fault to its effect. */
import { doubleColumn, reverseColumns } from "../csv/columns.ts";
import { doubleRows, tearRows } from "../csv/rows.ts";
import { type CounterZeros, floodNa, resetCounters } from "../csv/values.ts";
import type { Fault, Random } from "../../vocabulary/mod.ts";
import { contentEffect } from "./content.ts";
import type { Effect } from "./effect.ts";
import { badEtagEffect } from "./etag.ts";
import { htmlEffect, statusEffect, type StatusParams } from "./instead.ts";
import { frozenEffect, skewEffect } from "./time.ts";

/** The effect of a checked fault; `random` is its own. */
export function effectOf(fault: Fault, random: Random): Effect {
  const { kind, params } = fault;
  const number = (name: string) => params[name] as number;
  switch (kind) {
    case "http.status":
      return statusEffect(params as unknown as StatusParams, random);
    case "http.html":
      return htmlEffect();
    case "http.slow_first_byte":
      return { delay_ms: number("delay_ms") };
    case "http.slow_drip":
      return { wants_body: true, framing: { bytes_per_s: number("bytes_per_s") } };
    case "http.cut_body":
      return { wants_body: true, framing: { share_kept: number("share_kept") } };
    case "http.wrong_length":
      return { wants_body: true, framing: { length_delta: number("delta_bytes") } };
    case "http.oversized_body":
      return { wants_body: true, framing: { body_bytes: number("bytes") } };
    case "http.endless_body":
      return { wants_body: true, framing: { body_bytes: Infinity } };
    case "http.torn_rows":
      return contentEffect((body) => tearRows(body, number("share"), random));
    case "http.duplicate_rows":
      return contentEffect((body) => doubleRows(body, number("share"), random));
    case "http.duplicate_column":
      return contentEffect(doubleColumn);
    case "http.reorder_columns":
      return contentEffect(reverseColumns);
    case "http.na_flood":
      return contentEffect((body) => floodNa(body, number("share"), random));
    case "http.counter_reset": {
      const zeros: CounterZeros = new Map();
      return contentEffect((body) => resetCounters(body, zeros));
    }
    case "http.frozen_timestamp":
      return frozenEffect();
    case "http.clock_skew":
      return skewEffect(number("skew_ms"));
    case "http.bad_etag":
      return badEtagEffect(String(params.mode));
    default:
      throw new Error(`${kind} has no effect: effectOf does not know it`);
  }
}
