/** What each kind of fault does to an exchange. */
import { HEADER_SNAPSHOT_TS } from "../../contracts/mod.ts";
import type { Fault, FaultParams, Random } from "../vocabulary/mod.ts";
import { type Answer, headerOf, withHeader, withoutHeaders } from "./answer.ts";
import {
  type Changed,
  changeTimestamps,
  type CounterZeros,
  doubleColumn,
  doubleRows,
  floodNa,
  removeRows,
  resetCounters,
  reverseColumns,
  tearRows,
} from "./csv_faults.ts";

/** How the bytes of an answer are sent, if not whole and at once. */
export interface Framing {
  /** Share of the body after which the connection ends. */
  readonly share_kept?: number;
  /** Added to Content-Length. */
  readonly length_delta?: number;
  readonly bytes_per_s?: number;
  /** The body is padded to this size; Infinity: it never ends. */
  readonly body_bytes?: number;
}

/** The effect of one fault. It keeps its state while the fault is on. */
export interface Effect {
  readonly delay_ms?: number;
  /** Requests the whole sample from the source, even if the client has it. */
  readonly needs_body?: boolean;
  /** An answer without a request to the source; null to let this request through. */
  replace?(): Answer | null;
  /** The changed answer; null for an unchanged answer. */
  change?(answer: Answer, if_none_match: string | null): Answer | null;
  readonly framing?: Framing;
}

/** The effect of a validated fault; `random` is its own. */
export function effectOf({ kind, params }: Fault, random: Random): Effect {
  const number = (name: string) => params[name] as number;
  const framed = (framing: Framing): Effect => ({ needs_body: true, framing });
  switch (kind) {
    case "http.status":
      return statusEffect(params, random);
    case "http.html":
      return htmlEffect();
    case "http.slow_first_byte":
      return { delay_ms: number("delay_ms") };
    case "http.slow_drip":
      return framed({ bytes_per_s: number("bytes_per_s") });
    case "http.cut_body":
      return framed({ share_kept: number("share_kept") });
    case "http.wrong_length":
      return framed({ length_delta: number("delta_bytes") });
    case "http.oversized_body":
      return framed({ body_bytes: number("bytes") });
    case "http.endless_body":
      return framed({ body_bytes: Infinity });
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
    case "http.removed_rows":
      return removalEffect(number("share"));
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

/** A status for the first `first_n` answers, or for `share` of them in runs of `burst`. */
function statusEffect(params: FaultParams, random: Random): Effect {
  const { status, share, burst, first_n, retry_after_s } = params as Record<string, number>;
  // If a run starts with probability p, p·burst / (p·burst + 1 − p) of the answers are in a run.
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
  const body = new TextEncoder().encode(`status ${status} by a fault of the chaos lab\n`);
  const answer: Answer = { status, reason: "Injected", headers, body };
  return { replace: () => isHit() ? answer : null };
}

/** A captive portal's page, with status 200. */
function htmlEffect(): Effect {
  const body = new TextEncoder().encode(
    "<!doctype html>\n<html><head><title>Sign in</title></head>\n" +
      "<body><h1>Sign in to the network</h1><p>switch_id,bandwidth_gbps</p></body></html>\n",
  );
  const headers: [string, string][] = [["Content-Type", "text/html; charset=utf-8"]];
  return { replace: () => ({ status: 200, reason: "OK", headers, body }) };
}

/** Changes the body of each 200 and keeps its ETag: the source believes that its data is intact. */
function contentEffect(change: (body: Uint8Array) => Changed): Effect {
  return {
    needs_body: true,
    change(answer) {
      const body = answer.status === 200 ? change(answer.body) : null;
      return body === null ? null : { ...answer, body };
    },
  };
}

/** Another ETag goes with the other rows, so that a poll after the lift brings them back. */
function removalEffect(share: number): Effect {
  const other = (etag: string) => etag.replace('"', '"rows');
  return {
    needs_body: true,
    change(answer) {
      const body = answer.status === 200 ? removeRows(answer.body, share) : null;
      if (body === null) return null;
      const etag = headerOf(answer.headers, "etag");
      const headers = etag === null
        ? answer.headers
        : withHeader(answer.headers, "ETag", other(etag));
      return { ...answer, headers, body };
    },
  };
}

/** Shifts all times, also X-Snapshot-Ts of a 304. */
function skewEffect(skew_ms: number): Effect {
  const skew_us = BigInt(skew_ms) * 1000n;
  return {
    needs_body: true,
    change: (answer) =>
      changeTimes(answer, (time_ms) => time_ms + skew_ms, (time_us) => time_us + skew_us),
  };
}

/** Keeps the times of the first answer. */
function frozenEffect(): Effect {
  let frozen_ms: number | null = null, frozen_us: bigint | null = null;
  return {
    needs_body: true,
    change: (answer) =>
      changeTimes(answer, (time_ms) => frozen_ms ??= time_ms, (time_us) => frozen_us ??= time_us),
  };
}

function changeTimes(
  answer: Answer,
  changeMs: (time_ms: number) => number,
  changeUs: (time_us: bigint) => bigint,
): Answer | null {
  const before = headerOf(answer.headers, HEADER_SNAPSHOT_TS);
  const time_ms = before === null ? NaN : Number(before);
  const after = Number.isFinite(time_ms) ? String(changeMs(time_ms)) : before;
  const headers = after === null || after === before
    ? answer.headers
    : withHeader(answer.headers, HEADER_SNAPSHOT_TS, after);
  const body = answer.status === 200 ? changeTimestamps(answer.body, changeUs) : null;
  if (headers === answer.headers && body === null) return null;
  return { ...answer, headers, body: body ?? answer.body };
}

/** Not a valid ETag: no quotes, and a comma in it (RFC 9110 §8.8.3). */
const MALFORMED_ETAG = 'snapshot 7, "half';

function badEtagEffect(mode: string): Effect {
  if (mode === "same_for_other") return sameEtagEffect();
  let answers = 0;
  const next = () => mode === "malformed" ? MALFORMED_ETAG : `"changing-${++answers}"`;
  return {
    needs_body: true,
    change: (answer) => ({ ...answer, headers: withHeader(answer.headers, "ETag", next()) }),
  };
}

/** Keeps the first ETag for all later data, so a conditional request gets 304 forever. */
function sameEtagEffect(): Effect {
  let first: string | null = null;
  return {
    change(answer, if_none_match) {
      const etag = headerOf(answer.headers, "etag");
      if (etag === null) return null;
      first ??= etag;
      if (etag === first) return null;
      const headers = withHeader(answer.headers, "ETag", first);
      if (if_none_match !== first || answer.status !== 200) return { ...answer, headers };
      return {
        status: 304,
        reason: "Not Modified",
        headers: withoutHeaders(headers, ["content-type"]),
        body: new Uint8Array(0),
      };
    },
  };
}
