/** What the loads send and what the large source serves: requests and a CSV sample. Pure. */
import {
  BASE_FIELDS,
  type Shard,
  shardOfId,
  SWITCH_ID_COLUMN,
  switchName,
} from "../../contracts/mod.ts";
import { STREAM_CELLS } from "./bounds.ts";
import type { LoadOrder } from "./load_engines.ts";

const ROWS_PER_CHUNK = 1_000;
/** A name up to `sw-999999` with its line end; a comma with its value. */
const NAME_BYTES_MAX = 10, VALUE_BYTES_MAX = 9;

/**
 * Rows of a switch name and `fields` values, like data_server's: decimals and counters of one to
 * eight characters. Another `edition` has the same names and different values.
 */
export function buildMatrix(
  switches: number,
  fields: number,
  edition: number,
): Uint8Array<ArrayBuffer> {
  const names = Array.from({ length: fields }, (_, i) => BASE_FIELDS[i] ?? fieldName(i));
  const header = [SWITCH_ID_COLUMN, ...names].join(",") + "\n";
  const row_bytes_max = NAME_BYTES_MAX + fields * VALUE_BYTES_MAX;
  const bytes = new Uint8Array(header.length + switches * row_bytes_max);
  const encoder = new TextEncoder();
  let length = 0;
  let chunk = header;
  for (let row = 0; row < switches; row++) {
    chunk += switchName(row);
    for (let field = 0; field < fields; field++) chunk += "," + valueOf(row, field, edition);
    chunk += "\n";
    if (row % ROWS_PER_CHUNK === ROWS_PER_CHUNK - 1 || row === switches - 1) {
      length += encoder.encodeInto(chunk, bytes.subarray(length)).written;
      chunk = "";
    }
  }
  return bytes.slice(0, length);
}

function fieldName(index: number): string {
  return `counter_${String(index).padStart(3, "0")}`;
}

/** Even fields are decimals with one decimal place, odd fields are counters. */
function valueOf(row: number, field: number, edition: number): string {
  const mixed = Math.imul(row * 31 + field + edition * 7919, 2654435761) >>> 8; // Knuth's hash
  if (field % 2 === 0) return `${mixed % 400}.${mixed % 10}`;
  return String(mixed % 10 ** (3 + field % 6));
}

/** Switches in the rotation of the requests: no response is constant. */
const SWITCHES = 64;

/**
 * GetMetric for 64 × 3 pairs; the 64 switches are spread evenly over `switches`.
 *
 * @param shard Only switches of this shard.
 */
export function getMetricRequests(
  switches: number,
  shard: Shard = { index: 0, count: 1 },
): LoadOrder["requests"] {
  const stride = Math.floor(switches / SWITCHES);
  const nameFrom = (index: number): string => {
    const name = switchName(index);
    return shardOfId(name, shard.count) === shard.index ? name : nameFrom(index + 1);
  };
  return Array.from({ length: SWITCHES }, (_, i) => nameFrom(i * stride)).flatMap((id) =>
    BASE_FIELDS.map((metric) => ({
      path: `/telemetry/GetMetric?switch_id=${id}&metric=${metric}`,
    }))
  );
}

/** ListMetrics, conditional if an ETag is given. */
export function listMetricsRequest(etag?: string): LoadOrder["requests"] {
  const path = "/telemetry/ListMetrics";
  return [etag === undefined ? { path } : { path, headers: [["If-None-Match", etag]] }];
}

/**
 * Path of the `i`-th of many streams: `STREAM_CELLS` switches of `switches`, one metric. No two
 * have the same switches, so that the server makes each event for one reader.
 */
export function streamPath(i: number, switches: number): string {
  const ids = Array.from({ length: STREAM_CELLS }, (_, n) => switchName((i + n) % switches));
  return `/telemetry/stream?metric=${BASE_FIELDS[0]}&switch_id=${ids.join(",")}`;
}
