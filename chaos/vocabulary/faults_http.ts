/** What can go wrong with answers of the source. The lab's own HTTP proxy carries them out. */
import {
  bounded,
  BURST_MAX,
  DELAY_MS_MAX,
  FAULT_BYTES_MAX,
  FaultError,
  oneOf,
  real,
  SHARE,
  whole,
} from "./bounds.ts";
import type { Fault, FaultParams } from "./fault.ts";
import { type FaultValue, faultValue } from "./fault_value.ts";

const AS_IS = "passes answers on as they are";

function http(kind: string, params: FaultParams, text: string, inverse = AS_IS): Fault {
  return { kind, layer: "http", hop: "source", params, text, inverse };
}

function share(kind: string, value: number): number {
  return bounded(kind, "share", value, SHARE);
}

function percent(of: number): string {
  return `${Math.round(of * 1000) / 10} %`;
}

/**
 * Answers with this status instead of the sample.
 *
 * `share` of the answers, in runs of `burst`; `first_n` > 0: only the first so many. `retry_after_s`
 * > 0 is sent as Retry-After.
 */
export function status(values: {
  status: number;
  share?: number;
  burst?: number;
  first_n?: number;
  retry_after_s?: number;
}): FaultValue {
  return faultValue(() => {
    const kind = "http.status";
    const params = {
      status: bounded(kind, "status", values.status, whole(200, 599)),
      share: share(kind, values.share ?? 1),
      burst: bounded(kind, "burst", values.burst ?? 1, whole(1, BURST_MAX, "answers")),
      first_n: bounded(kind, "first_n", values.first_n ?? 0, whole(0, BURST_MAX, "answers")),
      retry_after_s: bounded(kind, "retry_after_s", values.retry_after_s ?? 0, whole(0, 3600, "s")),
    };
    const which = params.first_n > 0 ? `the first ${params.first_n}` : percent(params.share);
    const runs = params.burst > 1 ? `, ${params.burst} in a row` : "";
    const retry = params.retry_after_s > 0 ? `, Retry-After ${params.retry_after_s} s` : "";
    return http(kind, params, `answers ${params.status} to ${which} of the polls${runs}${retry}`);
  });
}

/** The head of an answer comes `delay_ms` late. */
export function slowFirstByte(values: { delay_ms: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.slow_first_byte";
    const delay_ms = bounded(kind, "delay_ms", values.delay_ms, whole(1, DELAY_MS_MAX, "ms"));
    return http(kind, { delay_ms }, `waits ${delay_ms} ms before each answer`, "answers at once");
  });
}

/** Bodies come so slowly that the answer never stands still and hardly ends. */
export function slowDrip(values: { bytes_per_s: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.slow_drip";
    const bytes_per_s = bounded(kind, "bytes_per_s", values.bytes_per_s, whole(1, 1e9, "B/s"));
    return http(kind, { bytes_per_s }, `lets bodies drip at ${bytes_per_s} B/s`, "sends at once");
  });
}

/** 200 with a page of HTML, as a captive portal or a proxy's error page. */
export function html(): FaultValue {
  return faultValue(() => http("http.html", {}, "answers 200 with an HTML page"));
}

/** The connection ends within the body: `share_kept` of it came. */
export function cutBody(values: { share_kept: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.cut_body";
    const share_kept = bounded(kind, "share_kept", values.share_kept, real(0, 0.999));
    return http(kind, { share_kept }, `cuts bodies after ${percent(share_kept)}`);
  });
}

/** Content-Length is off by `delta_bytes`. */
export function wrongLength(values: { delta_bytes: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.wrong_length";
    const bound = whole(-FAULT_BYTES_MAX, FAULT_BYTES_MAX, "B");
    const delta_bytes = bounded(kind, "delta_bytes", values.delta_bytes, bound);
    if (delta_bytes === 0) throw new FaultError(`${kind} delta_bytes=0: must not be 0`);
    return http(kind, { delta_bytes }, `tells a Content-Length ${delta_bytes} B off`);
  });
}

/** This share of the rows lacks cells. */
export function tornRows(values: { share: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.torn_rows";
    const params = { share: share(kind, values.share) };
    return http(kind, params, `tears ${percent(params.share)} of the rows`);
  });
}

/** One column's name comes twice. */
export function duplicateColumn(): FaultValue {
  return faultValue(() => http("http.duplicate_column", {}, "sends one column's name twice"));
}

/** Columns in another order, header and rows alike: data as good as before. */
export function reorderColumns(): FaultValue {
  return faultValue(() => http("http.reorder_columns", {}, "sends the columns in another order"));
}

/** This share of the rows comes twice. */
export function duplicateRows(values: { share: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.duplicate_rows";
    const params = { share: share(kind, values.share) };
    return http(kind, params, `sends ${percent(params.share)} of the rows twice`);
  });
}

/** The sample's timestamp stands still, as that of a source whose collector hangs. */
export function frozenTimestamp(): FaultValue {
  return faultValue(() => http("http.frozen_timestamp", {}, "tells the same timestamp each time"));
}

/** The source's clock is off by `skew_ms`: > 0 is ahead. */
export function clockSkew(values: { skew_ms: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.clock_skew";
    const skew_ms = bounded(kind, "skew_ms", values.skew_ms, whole(-86_400_000, 86_400_000, "ms"));
    if (skew_ms === 0) throw new FaultError(`${kind} skew_ms=0: must not be 0`);
    const way = skew_ms > 0 ? "ahead" : "back";
    return http(kind, { skew_ms }, `sets the source's clock ${Math.abs(skew_ms)} ms ${way}`);
  });
}

/** Counters start at 0 again, as after a switch's restart. */
export function counterReset(): FaultValue {
  return faultValue(() => http("http.counter_reset", {}, "starts counters at 0 again"));
}

/** This share of the cells is `N/A`. */
export function naFlood(values: { share: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.na_flood";
    const params = { share: share(kind, values.share) };
    return http(kind, params, `writes N/A into ${percent(params.share)} of the cells`);
  });
}

/** Bodies of this size, with Content-Length. */
export function oversizedBody(values: { bytes: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.oversized_body";
    const bytes = bounded(kind, "bytes", values.bytes, whole(1, FAULT_BYTES_MAX, "B"));
    return http(kind, { bytes }, `sends bodies of ${bytes} B`);
  });
}

/** Bodies that never end, as fast as they are read. */
export function endlessBody(): FaultValue {
  return faultValue(() => http("http.endless_body", {}, "sends bodies that never end"));
}

/** ETags that lie. */
export const BAD_ETAG_MODES = ["same_for_other", "malformed", "changing"] as const;

/** `same_for_other` data, `malformed`, or `changing` for the same data. */
export function badEtag(values: { mode: typeof BAD_ETAG_MODES[number] }): FaultValue {
  return faultValue(() => {
    const kind = "http.bad_etag";
    const mode = oneOf(kind, "mode", values.mode, BAD_ETAG_MODES);
    const text = {
      same_for_other: "sends the same ETag for other data",
      malformed: "sends malformed ETags",
      changing: "sends a new ETag for the same data",
    }[mode];
    return http(kind, { mode }, text);
  });
}
