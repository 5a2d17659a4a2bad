/** Faults of the source's responses. The lab's own HTTP proxy carries them out. */
import {
  bounded,
  DELAY_MS_MAX,
  FAULT_BYTES_MAX,
  FaultError,
  type FaultValue,
  faultValue,
  oneOf,
  real,
  SHARE,
  whole,
} from "./fault_value.ts";
import type { Fault, FaultParams } from "./plan.ts";

/** Responses `http.status` may replace in a row. */
const BURST_MAX = 1_000;

const UNCHANGED = "passes responses through unchanged";

function http(kind: string, params: FaultParams, text: string, inverse = UNCHANGED): Fault {
  return { kind, layer: "http", hop: "source", params, text, inverse };
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** A fault whose only parameter is the share of rows or cells it changes. */
function shareFault(kind: string, share: number, text: (percent: string) => string): FaultValue {
  return faultValue(() => {
    const params = { share: bounded(kind, "share", share, SHARE) };
    return http(kind, params, text(percent(params.share)));
  });
}

/**
 * Responds with this status instead of the sample.
 *
 * It replaces `share` of the responses, in runs of `burst`; with `first_n` > 0, only the first
 * `first_n`. `retry_after_s` > 0 is sent as Retry-After.
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
      share: bounded(kind, "share", values.share ?? 1, SHARE),
      burst: bounded(kind, "burst", values.burst ?? 1, whole(1, BURST_MAX, "responses")),
      first_n: bounded(kind, "first_n", values.first_n ?? 0, whole(0, BURST_MAX, "responses")),
      retry_after_s: bounded(kind, "retry_after_s", values.retry_after_s ?? 0, whole(0, 3600, "s")),
    };
    const which = params.first_n > 0 ? `the first ${params.first_n}` : percent(params.share);
    const runs = params.burst > 1 ? `, ${params.burst} in a row` : "";
    const retry = params.retry_after_s > 0 ? `, Retry-After ${params.retry_after_s} s` : "";
    return http(kind, params, `responds ${params.status} to ${which} of the polls${runs}${retry}`);
  });
}

/** Delays the head of each response by `delay_ms`. */
export function slowFirstByte(values: { delay_ms: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.slow_first_byte";
    const delay_ms = bounded(kind, "delay_ms", values.delay_ms, whole(1, DELAY_MS_MAX, "ms"));
    return http(
      kind,
      { delay_ms },
      `waits ${delay_ms} ms before each response`,
      "responds at once",
    );
  });
}

/** Sends bodies so slowly that they hardly end, without ever pausing. */
export function slowDrip(values: { bytes_per_s: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.slow_drip";
    const bytes_per_s = bounded(kind, "bytes_per_s", values.bytes_per_s, whole(1, 1e9, "B/s"));
    return http(kind, { bytes_per_s }, `sends bodies at ${bytes_per_s} B/s`, "sends at once");
  });
}

/** Responds 200 with an HTML page, like a captive portal or a proxy's error page. */
export function html(): FaultValue {
  return faultValue(() => http("http.html", {}, "responds 200 with an HTML page"));
}

/** Ends the connection after `share_kept` of the body. */
export function cutBody(values: { share_kept: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.cut_body";
    const share_kept = bounded(kind, "share_kept", values.share_kept, real(0, 0.999));
    return http(kind, { share_kept }, `cuts bodies after ${percent(share_kept)}`);
  });
}

/** Sends a Content-Length that is off by `delta_bytes`. */
export function wrongLength(values: { delta_bytes: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.wrong_length";
    const range = whole(-FAULT_BYTES_MAX, FAULT_BYTES_MAX, "B");
    const delta_bytes = bounded(kind, "delta_bytes", values.delta_bytes, range);
    if (delta_bytes === 0) throw new FaultError(`${kind} delta_bytes=0: must not be 0`);
    return http(kind, { delta_bytes }, `sends a Content-Length that is ${delta_bytes} B off`);
  });
}

/** Removes cells from this share of the rows. */
export function tornRows({ share }: { share: number }): FaultValue {
  return shareFault("http.torn_rows", share, (percent) => `tears ${percent} of the rows`);
}

/** Sends a second identity column with other values. */
export function duplicateColumn(): FaultValue {
  return faultValue(() =>
    http("http.duplicate_column", {}, "sends two identity columns that differ")
  );
}

/** Leaves out the rows of this share of the switches: `isRemoved` chooses them by their ids. */
export function removedRows({ share }: { share: number }): FaultValue {
  return shareFault(
    "http.removed_rows",
    share,
    (percent) => `leaves out the rows of ${percent} of the switches`,
  );
}

/** Sends header and rows in another column order: the same data. */
export function reorderColumns(): FaultValue {
  return faultValue(() => http("http.reorder_columns", {}, "sends the columns in another order"));
}

/** Sends this share of the rows twice. */
export function duplicateRows({ share }: { share: number }): FaultValue {
  return shareFault(
    "http.duplicate_rows",
    share,
    (percent) => `sends ${percent} of the rows twice`,
  );
}

/** Freezes the sample's timestamp, like a source whose collector hangs. */
export function frozenTimestamp(): FaultValue {
  return faultValue(() => http("http.frozen_timestamp", {}, "sends the same timestamp each time"));
}

/** Shifts the source's clock by `skew_ms`: > 0 is ahead. */
export function clockSkew(values: { skew_ms: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.clock_skew";
    const skew_ms = bounded(kind, "skew_ms", values.skew_ms, whole(-86_400_000, 86_400_000, "ms"));
    if (skew_ms === 0) throw new FaultError(`${kind} skew_ms=0: must not be 0`);
    const direction = skew_ms > 0 ? "ahead" : "back";
    return http(kind, { skew_ms }, `sets the source's clock ${Math.abs(skew_ms)} ms ${direction}`);
  });
}

/** Restarts counters at 0, as after a switch's restart. */
export function counterReset(): FaultValue {
  return faultValue(() => http("http.counter_reset", {}, "restarts counters at 0"));
}

/** Replaces this share of the cells by `N/A`. */
export function naFlood({ share }: { share: number }): FaultValue {
  return shareFault("http.na_flood", share, (percent) => `writes N/A into ${percent} of the cells`);
}

/** Sends bodies of this size, with Content-Length. */
export function oversizedBody(values: { bytes: number }): FaultValue {
  return faultValue(() => {
    const kind = "http.oversized_body";
    const bytes = bounded(kind, "bytes", values.bytes, whole(1, FAULT_BYTES_MAX, "B"));
    return http(kind, { bytes }, `sends bodies of ${bytes} B`);
  });
}

/** Sends bodies that never end, as fast as the client reads. */
export function endlessBody(): FaultValue {
  return faultValue(() => http("http.endless_body", {}, "sends bodies that never end"));
}

const BAD_ETAG_TEXT = {
  same_for_other: "sends the same ETag for other data",
  malformed: "sends malformed ETags",
  changing: "sends a new ETag for the same data",
};
type BadEtagMode = keyof typeof BAD_ETAG_TEXT;

/** Sends wrong ETags: `same_for_other` data, `malformed`, or `changing` for the same data. */
export function badEtag(values: { mode: BadEtagMode }): FaultValue {
  return faultValue(() => {
    const kind = "http.bad_etag";
    const mode = oneOf(kind, "mode", values.mode, Object.keys(BAD_ETAG_TEXT) as BadEtagMode[]);
    return http(kind, { mode }, BAD_ETAG_TEXT[mode]);
  });
}
