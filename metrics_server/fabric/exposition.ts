/** The exposition text, column by column: chunks of bytes that the next chunk overwrites. */
import { isSaturated } from "../../contracts/mod.ts";
import {
  type ExpositionFormat,
  OPENMETRICS_END,
  writeHead,
  writeSample,
} from "../../platform/mod.ts";
import { cellEnd, cellStart, textOf } from "../parse/mod.ts";
import { ageOf, columnsOf, pageOf } from "../serve/mod.ts";
import { isNumber, type Snapshot } from "../snapshot/mod.ts";
import { ByteWriter } from "./byte_writer.ts";
import { type FabricFamily, familiesOf } from "./families.ts";
import { type RowLabels, rowLabels } from "./row_labels.ts";
import { type FabricSelection, type FabricSettings, selectColumns } from "./selection.ts";

/** Bytes of a chunk. */
const CHUNK_BYTES = 64 * 1024;

/** Longest number without an exponent that is surely finite. */
const FINITE_CHARS_MAX = 300;

const encoder = new TextEncoder();
const NEW_LINE = encoder.encode("\n");
const LETTER_E = 101;

/** Rows of one source whose data is new enough. */
interface Part {
  readonly snapshot: Snapshot;
  readonly rows: readonly number[];
  readonly labels: RowLabels;
}

/**
 * The text. If several sources have an id, the first wins, as in GetMetric. Saturated counters have
 * stopped counting and are left out, as are rows older than MAX_STALE_MS. Returns the time of the
 * oldest row in it; Infinity without a row.
 */
export function* expositionOf(
  snapshots: readonly Snapshot[],
  { fields, ids, format }: FabricSelection,
  { series_max, max_stale_ms }: FabricSettings,
  now_ms: number,
): Generator<Uint8Array<ArrayBuffer>, number> {
  const { metrics, labels } = selectColumns(fields, columnsOf(snapshots));
  let oldest_ms = Infinity;
  const isFresh = (taken_ms: number) => {
    if (ageOf(taken_ms, now_ms) > max_stale_ms) return false;
    oldest_ms = Math.min(oldest_ms, taken_ms);
    return true;
  };
  const parts = pageOf(snapshots, ids, 0, Infinity).sources.map(({ snapshot, rows }): Part => {
    const fresh = rows.filter((row) => isFresh(snapshot.takenMs(row)));
    return { snapshot, rows: fresh, labels: rowLabels(snapshot, fresh, labels) };
  });
  const text = new SeriesText(series_max);
  for (const family of familiesOf(metrics)) yield* text.family(family, parts, format);
  yield text.end(format);
  return oldest_ms;
}

class SeriesText {
  #written = 0;
  #left_out = 0;
  /** Written before the family's first sample. */
  #head = "";
  readonly #writer = new ByteWriter(2 * CHUNK_BYTES);

  constructor(readonly series_max: number) {}

  *family(
    family: FabricFamily,
    parts: readonly Part[],
    format: ExpositionFormat,
  ): Generator<Uint8Array<ArrayBuffer>> {
    const name = encoder.encode(family.type === "counter" ? `${family.name}_total` : family.name);
    this.#head = headOf(family, format);
    for (const part of parts) {
      const column = part.snapshot.column(family.column);
      if (column < 0) continue;
      for (let row = 0; row < part.rows.length;) {
        row = this.#fill(part, row, column, name, family.saturated_at);
        if (this.#writer.length >= CHUNK_BYTES) yield this.#writer.take();
      }
    }
  }

  /** Writes samples until the chunk is full; returns the index of the next row. */
  #fill(
    { snapshot, rows, labels: { bytes, starts } }: Part,
    from: number,
    column: number,
    name: Uint8Array,
    saturated_at: string | null,
  ): number {
    const { table } = snapshot.data;
    const writer = this.#writer;
    let i = from;
    for (; i < rows.length && writer.length < CHUNK_BYTES; i++) {
      const sample = sampleAt(snapshot, rows[i], column, saturated_at);
      if (sample === NO_SAMPLE) continue;
      if (this.#written === this.series_max) {
        this.#left_out++;
        continue;
      }
      this.#written++;
      if (this.#head !== "") writer.text(this.#head);
      this.#head = "";
      writer.range(name, 0, name.length);
      writer.range(bytes, starts[i], starts[i + 1]);
      if (sample !== CELL_ITSELF) writer.text(sample);
      else {
        const end = cellEnd(table, rows[i], column);
        writer.range(table.bytes, cellStart(table, rows[i], column), end);
      }
      writer.range(NEW_LINE, 0, 1);
    }
    return i;
  }

  /** The service's own series, and what follows the last family. */
  end(format: ExpositionFormat): Uint8Array<ArrayBuffer> {
    const gauge = (name: string, help: string, value: number) =>
      this.#writer.text(
        writeHead({ name, type: "gauge", help }, format) + writeSample(name, {}, value),
      );
    gauge("fabric_telemetry_fabric_series", "Telemetry series in this response.", this.#written);
    gauge(
      "fabric_telemetry_fabric_series_left_out",
      "Telemetry series left out beyond METRICS_FABRIC_SERIES_MAX.",
      this.#left_out,
    );
    if (format === "openmetrics") this.#writer.text(OPENMETRICS_END);
    return this.#writer.take();
  }
}

function headOf({ name, type, column, unit }: FabricFamily, format: ExpositionFormat): string {
  const help = `${column}${unit === null ? "" : ` in ${unit}`}, as the source reports it.`;
  return writeHead({ name, type, help }, format);
}

/** The cell has no sample: it is missing, text, beyond float64 (`1e999`), or saturated. */
const NO_SAMPLE = "";

/** The cell's own bytes are the sample, as for almost all cells. */
const CELL_ITSELF = "=";

/** The sample of a cell: its text, {@link CELL_ITSELF} or {@link NO_SAMPLE}. */
function sampleAt(
  snapshot: Snapshot,
  row: number,
  column: number,
  saturated_at: string | null,
): string {
  const { table } = snapshot.data;
  const start = cellStart(table, row, column);
  const end = cellEnd(table, row, column);
  if (isPlainDecimal(table.bytes, start, end)) {
    if (saturated_at === null || end - start < saturated_at.length) return CELL_ITSELF;
    return isSaturated(textOf(table.bytes, start, end), { saturated_at }) ? NO_SAMPLE : CELL_ITSELF;
  }
  const token = snapshot.token(row, column);
  const is_sample = /^-?\d/.test(token) && Number.isFinite(Number(token)) &&
    !isSaturated(token, { saturated_at });
  return is_sample ? token : NO_SAMPLE;
}

/** Whether `bytes[start, end)` is a number that is surely finite: without an exponent, short. */
function isPlainDecimal(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > FINITE_CHARS_MAX || !isNumber(bytes, start, end)) return false;
  for (let i = start; i < end; i++) if ((bytes[i] | 32) === LETTER_E) return false;
  return true;
}
