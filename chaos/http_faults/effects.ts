/** What a fault does to exchanges; one object lives as long as its fault is on. */
import { HEADER_SNAPSHOT_TS } from "../../contracts/mod.ts";
import type { Fault, Random } from "../vocabulary/mod.ts";
import { type Answer, type Asked, headerOf, withHeader, withoutHeaders } from "./answer.ts";
import {
  type Changed,
  changeTimestamps,
  type CounterZeros,
  doubleColumn,
  doubleRows,
  floodNa,
  resetCounters,
  reverseColumns,
  tearRows,
} from "./csv_faults.ts";

/** How an answer's bytes leave the proxy, other than whole and at once. */
export interface Framing {
  /** Share of the body after which the connection ends. */
  readonly share_kept?: number;
  /** Added to the Content-Length told. */
  readonly length_delta?: number;
  readonly bytes_per_s?: number;
  /** The body is filled up to this; Infinity: it never ends. */
  readonly body_bytes?: number;
}

/** Each part is left out where the fault does nothing of the kind. */
export interface Effect {
  /** Wait before the head of an answer. */
  readonly delay_ms?: number;
  /** Whether the source is asked for the whole sample even where the client knows it. */
  readonly wants_body?: boolean;
  /** An answer in place of the source's, which is not asked; null: this time not. */
  instead?(): Answer | null;
  /** The answer changed; null where there was nothing to change. */
  change?(answer: Answer, asked: Asked): Answer | null;
  readonly framing?: Framing;
}

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

const encoder = new TextEncoder();

/** Bounds of `http.status`; see the vocabulary. */
interface StatusParams {
  readonly status: number;
  readonly share: number;
  readonly burst: number;
  readonly first_n: number;
  readonly retry_after_s: number;
}

/**
 * A status in place of the sample: to the first `first_n` answers where that is not 0, else to
 * `share` of them in runs of `burst`.
 */
function statusEffect(params: StatusParams, random: Random): Effect {
  const { status, share, burst, first_n, retry_after_s } = params;
  // A run starts with p; of all answers p·burst / (p·burst + 1 − p) are then in a run: `share`.
  const start_share = share / (burst * (1 - share) + share);
  let seen = 0, left_of_run = 0;
  const isHit = () => {
    seen++;
    if (first_n > 0) return seen <= first_n;
    if (left_of_run === 0 && random() < start_share) left_of_run = burst;
    return left_of_run > 0 && left_of_run-- > 0;
  };
  const headers: [string, string][] = [["Content-Type", "text/plain; charset=utf-8"]];
  if (retry_after_s > 0) headers.push(["Retry-After", String(retry_after_s)]);
  const body = encoder.encode(`status ${status} by a fault of the chaos lab\n`);
  const answer: Answer = { status, reason: "Injected", headers, body };
  return { instead: () => isHit() ? answer : null };
}

/** What a captive portal answers to everything. */
function htmlEffect(): Effect {
  const body = encoder.encode(
    "<!doctype html>\n<html><head><title>Sign in</title></head>\n" +
      "<body><h1>Sign in to the network</h1><p>switch_id,bandwidth_gbps</p></body></html>\n",
  );
  const headers: [string, string][] = [["Content-Type", "text/html; charset=utf-8"]];
  return { instead: () => ({ status: 200, reason: "OK", headers, body }) };
}

/**
 * Changes the body of each 200. The ETag stays that of the snapshot: the source thinks that it is
 * whole, and an answer can still be told to be of this snapshot.
 */
function contentEffect(change: (body: Uint8Array) => Changed): Effect {
  return {
    wants_body: true,
    change(answer: Answer) {
      if (answer.status !== 200) return null;
      const body = change(answer.body);
      return body === null ? null : { ...answer, body };
    },
  };
}

/** The source's clock is off; on a 304 too, since that carries the time as well. */
function skewEffect(skew_ms: number): Effect {
  const skew_us = BigInt(skew_ms) * 1000n;
  return {
    wants_body: true,
    change: (answer) =>
      changeTimes(answer, (time_ms) => time_ms + skew_ms, (time_us) => time_us + skew_us),
  };
}

/** All times are those of the first answer seen. */
function frozenEffect(): Effect {
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

/** ETag that is none: without quotes, and with a comma in it (RFC 9110 §8.8.3). */
const MALFORMED_ETAG = 'snapshot 7, "half';

const EMPTY = new Uint8Array(0);

/** The effect of one mode of `http.bad_etag`. */
function badEtagEffect(mode: string): Effect {
  if (mode === "same_for_other") return sameForOther();
  return mode === "malformed" ? malformed() : changing();
}

/**
 * The ETag of the first answer seen stays, whatever the data: who asks with it is told 304 for
 * good, as by a source whose ETag forgets to count.
 */
function sameForOther(): Effect {
  let first: string | null = null;
  return {
    change(answer, { if_none_match }) {
      const etag = headerOf(answer.headers, "etag");
      if (etag === null) return null;
      first ??= etag;
      if (etag === first) return null;
      const headers = withHeader(answer.headers, "ETag", first);
      return if_none_match === first && answer.status === 200
        ? notModified(headers)
        : { ...answer, headers };
    },
  };
}

function notModified(headers: Answer["headers"]): Answer {
  return {
    status: 304,
    reason: "Not Modified",
    headers: withoutHeaders(headers, ["content-type"]),
    body: EMPTY,
  };
}

function malformed(): Effect {
  return {
    wants_body: true,
    change: (answer) => ({
      ...answer,
      headers: withHeader(answer.headers, "ETag", MALFORMED_ETAG),
    }),
  };
}

/** No two answers have one ETag: the whole sample goes out each time, changed or not. */
function changing(): Effect {
  let answers = 0;
  return {
    wants_body: true,
    change: (answer) => ({
      ...answer,
      headers: withHeader(answer.headers, "ETag", `"changing-${++answers}"`),
    }),
  };
}
