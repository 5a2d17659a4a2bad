/**
 * A step of a stream, from cells to the bytes of both transports.
 *
 *     snapshotData, changeData ─▶ DataStep … ─▶ StreamEvent … ─▶ StreamUpdate ─▶ chunks, messages
 *     64 KiB of JSON at a time                  ≤ 8 MiB each     what a reader gets as a whole
 */
import { SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import { joinBytes } from "../../platform/mod.ts";
import type { Snapshot } from "../snapshot/mod.ts";
import { STREAM_EVENT_BYTES_MAX } from "./limits.ts";
import { sameCell, type Selected, type StreamView, takenOf } from "./selection.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const SSE_END = encoder.encode("\n\n");

export const STREAM_EVENT_NAMES = ["snapshot", "change", "part", "end"] as const;

type StreamEventName = typeof STREAM_EVENT_NAMES[number];

/** Bytes of server-sent events, sent at once. */
export interface Chunk {
  readonly bytes: Bytes;
  /** What is complete with it; null within an event. */
  readonly ends: "event" | "comment" | null;
}

export class StreamEvent {
  readonly bytes: number;

  /**
   * @param id Sent back as `Last-Event-ID`; null: the reader keeps its last id.
   * @param pieces JSON in one line, cut between characters.
   */
  constructor(
    readonly name: StreamEventName,
    readonly id: string | null,
    readonly pieces: readonly Bytes[],
  ) {
    this.bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** As server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
  get chunks(): Chunk[] {
    const id = this.id === null ? "" : `id: ${this.id}\n`;
    const head = encoder.encode(`${id}event: ${this.name}\ndata: `);
    const [first, ...rest] = this.pieces;
    const last = rest.pop();
    if (last === undefined) return [{ bytes: joinBytes([head, first, SSE_END]), ends: "event" }];
    return [
      { bytes: joinBytes([head, first]), ends: null },
      ...rest.map((bytes) => ({ bytes, ends: null })),
      { bytes: joinBytes([last, SSE_END]), ends: "event" },
    ];
  }

  get data(): string {
    return this.pieces.map((piece) => decoder.decode(piece)).join("");
  }

  /** As message of a WebSocket. Not kept: its text is as long as the event. */
  get message(): string {
    return `${this.#messageHead}${this.data}}`;
  }

  get message_bytes(): number {
    return encoder.encode(this.#messageHead).length + this.bytes + 1;
  }

  get #messageHead(): string {
    const id = this.id === null ? "" : `,"id":${JSON.stringify(this.id)}`;
    return `{"event":"${this.name}"${id},"data":`;
  }
}

/** A snapshot or change with all its parts; readers of one filter share it. */
export class StreamUpdate {
  readonly bytes: number;
  #chunks: readonly Chunk[] | null = null;

  /** @param previous_id Snapshot that a change begins at; null for a snapshot. */
  constructor(readonly events: readonly StreamEvent[], readonly previous_id: string | null) {
    this.bytes = events.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get chunks(): readonly Chunk[] {
    return this.#chunks ??= this.events.flatMap(({ chunks }) => chunks);
  }
}

/** The last event of a dropped reader. */
export function endEvent(reason: string): StreamEvent {
  return new StreamEvent("end", null, [encoder.encode(JSON.stringify({ reason }))]);
}

/** Most work per step, about a millisecond: cells that are compared, and text that is written. */
const STEP_CELLS = 4096;
const STEP_CHARS = 64 * 1024;

/** Work of a rate, which is computed in both snapshots, in cells. */
const RATE_CELLS = 6;

/** Most UTF-8 bytes of one UTF-16 code unit. */
const UTF8_BYTES_PER_CHAR = 3;

/** A part of an event's data, and the cells read for it; a rate counts as several. */
export interface DataStep {
  readonly bytes: Bytes;
  readonly cells: number;
  /** Whether the event is complete. */
  readonly ends: boolean;
}

/** Data of a snapshot's events: all of a selection. The steps of an event form one JSON value. */
export function snapshotData(
  view: StreamView,
  selected: readonly Selected[],
  event_bytes_max = STREAM_EVENT_BYTES_MAX,
): Generator<DataStep> {
  const fields = [...new Set(selected.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const missing = view.missing.length > 0
    ? `,"missing_sources":${JSON.stringify(view.missing)}`
    : "";
  const head = `${headOf(view, selected)}${missing},"fields":${JSON.stringify(fields)}`;
  return dataOf(head, null, view, selected, event_bytes_max);
}

/** Data of a change's events: the cells that differ from an older view of the same topology. */
export function changeData(
  older: StreamView,
  view: StreamView,
  selected: readonly Selected[],
  event_bytes_max = STREAM_EVENT_BYTES_MAX,
): Generator<DataStep> {
  const head = `${headOf(view, selected)},"previous_id":${JSON.stringify(older.id)}`;
  return dataOf(head, older, view, selected, event_bytes_max);
}

function headOf(view: StreamView, selected: readonly Selected[]): string {
  return `${partHead(view)},"taken_ms":${takenOf(view, selected)}`;
}

function partHead({ id }: StreamView): string {
  return `{"snapshot_id":${JSON.stringify(id)}`;
}

/** @param older Null for all cells; else only changed ones, and rows with any. */
function* dataOf(
  head: string,
  older: StreamView | null,
  view: StreamView,
  selected: readonly Selected[],
  event_bytes_max: number,
): Generator<DataStep> {
  const step_chars = Math.min(STEP_CHARS, event_bytes_max / (UTF8_BYTES_PER_CHAR + 1));
  const full_bytes = event_bytes_max - step_chars * UTF8_BYTES_PER_CHAR;
  let text = `${head},"items":[`;
  let separator = "";
  let cells = 0;
  let event_bytes = 0;
  for (const [source, { rows, columns }] of selected.entries()) {
    const snapshot = view.snapshots[source];
    const before = older?.snapshots[source] ?? null;
    // A source without news has no changes.
    if (before?.data.table === snapshot.data.table) continue;
    const labelled = columns.map(({ name, column }) => ({
      label: `,${JSON.stringify(name)}:`,
      column,
    }));
    const raw = columns.filter(({ column }) => column < snapshot.data.table.columns).length;
    const row_cells = 1 + raw + (columns.length - raw) * RATE_CELLS;
    for (const row of rows) {
      if (event_bytes > full_bytes && text === "") {
        yield { bytes: encoder.encode('],"more":true}'), cells, ends: true };
        text = `${partHead(view)},"items":[`;
        separator = "";
        event_bytes = 0;
      }
      const values = valuesOf(snapshot, row, labelled, before);
      if (values !== "" || before === null) {
        const id = JSON.stringify(snapshot.idOf(row));
        text += `${separator}{"${SWITCH_ID_COLUMN}":${id}${values}}`;
        separator = ",";
      }
      cells += row_cells;
      if (cells < STEP_CELLS && text.length < step_chars) continue;
      const bytes = encoder.encode(text);
      event_bytes += bytes.length;
      yield { bytes, cells, ends: false };
      text = "";
      cells = 0;
    }
  }
  yield { bytes: encoder.encode(`${text}]}`), cells, ends: true };
}

interface LabelledColumn {
  readonly label: string;
  readonly column: number;
}

/** @param before Null for all values; else of changed cells only. */
function valuesOf(
  snapshot: Snapshot,
  row: number,
  columns: readonly LabelledColumn[],
  before: Snapshot | null,
): string {
  let values = "";
  for (const { label, column } of columns) {
    if (before !== null && sameCell(before, snapshot, row, column)) continue;
    values += label + snapshot.token(row, column);
  }
  return values;
}
