/** Rows that were never measured, to make a body longer. */

/** About how long one piece of {@link endlessRows} is, in bytes. */
export const PIECE_BYTES = 32_768;

/** Digits of a made-up row's number. */
const NUMBER_DIGITS = 12;

function row(number: number, columns: number, stuffing = ""): string {
  const id = `pad-${stuffing}${String(number).padStart(NUMBER_DIGITS, "0")}`;
  return id + ",0".repeat(columns - 1) + "\n";
}

/** Well-formed rows, no two of one id, without end. */
export function* endlessRows(columns: number): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const rows_a_piece = Math.ceil(PIECE_BYTES / row(0, columns).length);
  for (let number = 0;;) {
    let piece = "";
    for (let i = 0; i < rows_a_piece; i++) piece += row(number++, columns);
    yield encoder.encode(piece);
  }
}

/** Such rows of `bytes` in all; the first one's id is as long as it takes to come out even. */
export function* rowsOf(bytes: number, columns: number): Generator<Uint8Array<ArrayBuffer>> {
  const row_bytes = row(0, columns).length;
  if (bytes < row_bytes) {
    if (bytes > 0) yield new Uint8Array(bytes).fill(0x0a); // no room for a row: empty lines
    return;
  }
  const rest = bytes % row_bytes;
  yield new TextEncoder().encode(row(0, columns, "x".repeat(rest)));
  let left = bytes - row_bytes - rest;
  let number = 1;
  const rows_a_piece = Math.ceil(PIECE_BYTES / row_bytes);
  while (left > 0) {
    const rows = Math.min(rows_a_piece, left / row_bytes);
    let piece = "";
    for (let i = 0; i < rows; i++) piece += row(number++, columns);
    yield new TextEncoder().encode(piece);
    left -= rows * row_bytes;
  }
}
