/** `GET /metrics/fabric`: the telemetry for Prometheus, one gauge per column. */
import { IDENTITY_SEPARATOR } from "../../contracts/mod.ts";
import {
  type ExpositionFormat,
  expositionFormat,
  type Labels,
  metricsHeaders,
  OPENMETRICS_END,
  writeHead,
  writeSample,
} from "../../platform/mod.ts";
import { type RepeatedRows, repeatedRows, type Snapshot } from "../snapshot/mod.ts";
import type { Store } from "../store.ts";
import { ageOf, dataMark, markData } from "./data_response.ts";
import type { ServeLimits } from "./get_metric.ts";
import { viewOf } from "./list_body.ts";
import { LONG_BODIES_MAX, LongBodies, longResponse, nextTurn } from "./bodies.ts";
import { tooManyLists, tooStale } from "./problems.ts";

/** Series per chunk; takes about 1 ms. */
const CHUNK_SERIES = 1000;

const PREFIX = "fabric_";

const encoder = new TextEncoder();

/** Streams the snapshots held at the time of the request. */
export class FabricMetrics {
  readonly #bodies: LongBodies;

  constructor(readonly store: Store, readonly limits: ServeLimits, onCut: () => void) {
    this.#bodies = new LongBodies(onCut);
  }

  answer(request: Request, now_ms: number): Response {
    const { store, limits } = this;
    const format = expositionFormat(request);
    const headers = metricsHeaders(format);
    const delivered = store.delivered();
    const ages = delivered.map(({ snapshot }) => ageOf(snapshot!.data.taken_ms, now_ms));
    const fresh = delivered.filter((_, source) => ages[source] <= limits.max_stale_ms);
    if (fresh.length > 0) {
      const { id, taken_ms } = viewOf(fresh, []);
      markData(headers, dataMark(id, taken_ms), ageOf(taken_ms, now_ms));
    } else if (delivered.length > 0) {
      const age_ms = Math.min(...ages);
      return tooStale(age_ms, limits.max_stale_ms, "MAX_STALE_MS", limits.retry_after_s);
    }
    if (request.method === "HEAD") return new Response(null, { headers });
    if (this.#bodies.full) return tooManyLists(LONG_BODIES_MAX);
    const chunks = chunksOf(store, limits, format, now_ms);
    const stream = this.#bodies.stream(chunks, store.handOvers(), store.lease(), nextTurn);
    return longResponse(stream, headers);
  }
}

/** Whether a JSON token is a finite float64; others (`1e999`) would fail the whole scrape. */
function isSample(token: string): boolean {
  return /^-?\d/.test(token) && Number.isFinite(Number(token));
}

/** The exposition text, {@link CHUNK_SERIES} rows at a time. */
function* chunksOf(
  store: Store,
  { fabric_series_max, max_stale_ms }: ServeLimits,
  format: ExpositionFormat,
  now_ms: number,
): Generator<Uint8Array<ArrayBuffer>> {
  let written = 0;
  let left_out = 0;
  let text = "";
  let rows_seen = 0;
  const snapshots = store.delivered().map(({ snapshot }) => snapshot!);
  const repeated = repeatedRows(snapshots.map(({ data }) => data)).rows;
  for (const [name, column] of namedColumns(snapshots)) {
    let head = writeHead(
      { name, type: "gauge", help: `${column}, as the source reports it.` },
      format,
    );
    for (const { snapshot, row, labels } of rowsOf(snapshots, repeated)) {
      if (++rows_seen % CHUNK_SERIES === 0) {
        yield encoder.encode(text);
        text = "";
      }
      const at = snapshot.column(column);
      if (at < 0) continue;
      const { token, taken_ms } = snapshot.read(row, at);
      // Rows have their own times, so a fresh source can have stale rows.
      if (!isSample(token) || ageOf(taken_ms, now_ms) > max_stale_ms) continue;
      if (written === fabric_series_max) {
        left_out++;
        continue;
      }
      written++;
      text += head + writeSample(name, labels, token);
      head = "";
    }
  }
  const gauge = (name: string, help: string, value: number) =>
    writeHead({ name, type: "gauge", help }, format) + writeSample(name, {}, value);
  text += gauge("fabric_telemetry_fabric_series", "Telemetry series in this response.", written);
  text += gauge(
    "fabric_telemetry_fabric_series_left_out",
    "Telemetry series left out beyond METRICS_FABRIC_SERIES_MAX.",
    left_out,
  );
  yield encoder.encode(format === "openmetrics" ? text + OPENMETRICS_END : text);
}

/** Column by metric name; columns whose names become equal are numbered. */
function namedColumns(snapshots: readonly Snapshot[]): Map<string, string> {
  const named = new Map<string, string>();
  const columns = new Set(snapshots.flatMap((snapshot) => {
    const { topology, time_column } = snapshot.data;
    const time_name = time_column && topology.header.names[time_column.column];
    return snapshot.metrics().filter((metric) => metric !== time_name);
  }));
  for (const column of columns) {
    const plain = PREFIX + column.replaceAll(/[^a-zA-Z0-9_]/g, "_");
    let name = plain;
    for (let n = 2; named.has(name); n++) name = `${plain}_${n}`;
    named.set(name, column);
  }
  return named;
}

/** Rows of all sources. If several sources have an id, the first wins, as in GetMetric. */
function* rowsOf(
  snapshots: readonly Snapshot[],
  repeated: RepeatedRows["rows"],
): Generator<{ snapshot: Snapshot; row: number; labels: Labels }> {
  for (const [source, snapshot] of snapshots.entries()) {
    const { header, rows } = snapshot.data.topology;
    const is_composed = header.identities.every((columns) => columns.length > 1);
    for (let row = 0; row < rows; row++) {
      if (repeated[source]?.[row] === 1) continue;
      yield { snapshot, row, labels: labelsOf(snapshot.idOf(row), is_composed) };
    }
  }
}

/** Labels of an id: the switch name, or GUID and port of a composed id. */
function labelsOf(id: string, is_composed: boolean): Labels {
  const at = is_composed ? id.lastIndexOf(IDENTITY_SEPARATOR) : -1;
  return at < 0 ? { switch: id } : { switch: id.slice(0, at), port: id.slice(at + 1) };
}
