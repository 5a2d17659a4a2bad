/** Events of a stream: JSON data, made in steps, and its encoding for both transports. */
import { SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import type { Snapshot } from "../snapshot/mod.ts";
import { sameCell, type Selected, type StreamView, takenOf } from "./selection.ts";

const encoder = new TextEncoder();

export const STREAM_EVENT_NAMES = ["snapshot", "change", "end"] as const;

type StreamEventName = typeof STREAM_EVENT_NAMES[number];

export class StreamEvent {
  #sse: Uint8Array<ArrayBuffer> | null = null;
  #message: string | null = null;
  #message_bytes = NaN;

  /**
   * @param id Sent back as `Last-Event-ID`; null: the reader keeps its last id.
   * @param data JSON in one line.
   */
  constructor(readonly name: StreamEventName, readonly id: string | null, readonly data: string) {}

  /** As server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
  get sse(): Uint8Array<ArrayBuffer> {
    const id = this.id === null ? "" : `id: ${this.id}\n`;
    return this.#sse ??= encoder.encode(`${id}event: ${this.name}\ndata: ${this.data}\n\n`);
  }

  get message(): string {
    const id = this.id === null ? "" : `,"id":${JSON.stringify(this.id)}`;
    return this.#message ??= `{"event":"${this.name}"${id},"data":${this.data}}`;
  }

  get message_bytes(): number {
    if (Number.isNaN(this.#message_bytes)) {
      this.#message_bytes = encoder.encode(this.message).length;
    }
    return this.#message_bytes;
  }
}

/** The last event of a dropped reader. */
export function endEvent(reason: string): StreamEvent {
  return new StreamEvent("end", null, JSON.stringify({ reason }));
}

/** Cells per step: about half a millisecond's work. */
const STEP_CELLS = 8192;

/** A part of an event's data, and the cells read for it. */
export interface DataStep {
  readonly text: string;
  readonly cells: number;
}

/** Data of a `snapshot` event: all of a selection. The texts of the steps form one JSON value. */
export function* snapshotData(
  view: StreamView,
  selected: readonly Selected[],
): Generator<DataStep> {
  const fields = [...new Set(selected.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const missing = view.missing.length > 0
    ? `,"missing_sources":${JSON.stringify(view.missing)}`
    : "";
  yield* items(
    `${head(view, selected)}${missing},"fields":${JSON.stringify(fields)},"items":[`,
    view.snapshots,
    selected,
    () => true,
  );
}

/** Data of a `change` event: the cells that differ from an older view of the same topology. */
export function* changeData(
  older: StreamView,
  view: StreamView,
  selected: readonly Selected[],
): Generator<DataStep> {
  yield* items(
    `${head(view, selected)},"previous_id":${JSON.stringify(older.id)},"items":[`,
    view.snapshots,
    selected,
    (source, row, column) =>
      !sameCell(older.snapshots[source], view.snapshots[source], row, column),
    true,
  );
}

function head(view: StreamView, selected: readonly Selected[]): string {
  return `{"snapshot_id":${JSON.stringify(view.id)},"taken_ms":${takenOf(view, selected)}`;
}

/** @param skip_empty Whether to leave out rows without a selected cell. */
function* items(
  beginning: string,
  snapshots: readonly Snapshot[],
  selected: readonly Selected[],
  isIncluded: (source: number, row: number, column: number) => boolean,
  skip_empty = false,
): Generator<DataStep> {
  let text = beginning;
  let separator = "";
  let cells = 0;
  for (const [source, { rows, columns }] of selected.entries()) {
    const snapshot = snapshots[source];
    const labels = columns.map(({ name }) => `,${JSON.stringify(name)}:`);
    for (const row of rows) {
      let values = "";
      columns.forEach(({ column }, c) => {
        if (isIncluded(source, row, column)) values += labels[c] + snapshot.token(row, column);
      });
      if (values !== "" || !skip_empty) {
        const id = JSON.stringify(snapshot.idOf(row));
        text += `${separator}{"${SWITCH_ID_COLUMN}":${id}${values}}`;
        separator = ",";
      }
      cells += columns.length + 1;
      if (cells < STEP_CELLS) continue;
      yield { text, cells };
      text = "";
      cells = 0;
    }
  }
  yield { text: `${text}]}`, cells };
}
