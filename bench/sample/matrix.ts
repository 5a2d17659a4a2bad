/** A large CSV sample as bytes, the same for the same arguments. Pure. */
import { BASE_FIELDS, SWITCH_ID_COLUMN, switchName } from "../../contracts/mod.ts";

const ROWS_A_PIECE = 1_000;
const BYTES_A_CELL = 8;

/**
 * `switches` rows of a name and `fields` values, in the shape of data_server's: decimals and
 * counters of three to eight characters. Another `edition` has the same names and other values.
 *
 * ```ts
 * buildMatrix(100_000, 30, 1).length; // about 20 MB
 * ```
 */
export function buildMatrix(
  switches: number,
  fields: number,
  edition: number,
): Uint8Array<ArrayBuffer> {
  const names = Array.from({ length: fields }, (_, i) => BASE_FIELDS[i] ?? fieldName(i));
  const encoder = new TextEncoder();
  let bytes = new Uint8Array((switches + 1) * (fields + 2) * BYTES_A_CELL);
  let length = 0;
  let piece = [SWITCH_ID_COLUMN, ...names].join(",") + "\n";
  for (let row = 0; row < switches; row++) {
    piece += switchName(row);
    for (let field = 0; field < fields; field++) piece += "," + valueOf(row, field, edition);
    piece += "\n";
    if (row % ROWS_A_PIECE === ROWS_A_PIECE - 1 || row === switches - 1) {
      // encodeInto() stops where the room ends: three bytes a character are always enough.
      if (bytes.length - length < piece.length * 3) bytes = grown(bytes, piece.length * 3);
      length += encoder.encodeInto(piece, bytes.subarray(length)).written;
      piece = "";
    }
  }
  return bytes.slice(0, length);
}

function fieldName(index: number): string {
  return `counter_${String(index).padStart(3, "0")}`;
}

/** Even fields are decimals with one digit after the point, odd ones counters. */
function valueOf(row: number, field: number, edition: number): string {
  const mixed = Math.imul(row * 31 + field + edition * 7919, 2654435761) >>> 8; // Knuth's hash
  if (field % 2 === 0) return `${mixed % 400}.${mixed % 10}`;
  return String(mixed % 10 ** (3 + field % 6));
}

function grown(bytes: Uint8Array<ArrayBuffer>, room: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2 + room);
  larger.set(bytes);
  return larger;
}
