/** Data of the events, as JSON, piece by piece. Pure. */
import { SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import type { Snapshot } from "../snapshot/mod.ts";
import { sameCell, type Selected, type StreamView, takenOf } from "./selection.ts";

/** Cells of a piece: about half a millisecond's work. */
const PIECE_CELLS = 8192;

/** A piece of an event's data, and the cells looked at for it. */
export interface StreamPiece {
  readonly text: string;
  readonly cells: number;
}

/** All of a selection; the texts of the pieces make one JSON value. */
export function* snapshotData(
  view: StreamView,
  selected: readonly Selected[],
): Generator<StreamPiece> {
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

/** What of a selection differs from an older view of the same topology. */
export function* changeData(
  older: StreamView,
  view: StreamView,
  selected: readonly Selected[],
): Generator<StreamPiece> {
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

/** @param skip_empty Whether a row without a cell to tell is left out. */
function* items(
  beginning: string,
  snapshots: readonly Snapshot[],
  selected: readonly Selected[],
  isTold: (source: number, row: number, column: number) => boolean,
  skip_empty = false,
): Generator<StreamPiece> {
  let text = beginning;
  let separator = "";
  let cells = 0;
  for (const [source, { rows, columns }] of selected.entries()) {
    const snapshot = snapshots[source];
    const labels = columns.map(({ name }) => `,${JSON.stringify(name)}:`);
    for (const row of rows) {
      let values = "";
      columns.forEach(({ column }, c) => {
        if (isTold(source, row, column)) values += labels[c] + snapshot.token(row, column);
      });
      if (values !== "" || !skip_empty) {
        const id = JSON.stringify(snapshot.idOf(row));
        text += `${separator}{"${SWITCH_ID_COLUMN}":${id}${values}}`;
        separator = ",";
      }
      cells += columns.length + 1;
      if (cells < PIECE_CELLS) continue;
      yield { text, cells };
      text = "";
      cells = 0;
    }
  }
  yield { text: `${text}]}`, cells };
}
