/** A large CSV sample as bytes, the same for the same arguments. Pure. */
import { BASE_FIELDS, SWITCH_ID_COLUMN, switchName } from "../../contracts/mod.ts";

const ROWS_A_PIECE = 1_000;

/** A name up to `sw-999999` and a line end; a comma and a value. */
const NAME_BYTES_MAX = 10, VALUE_BYTES_MAX = 9;

/**
 * `switches` rows of a name and `fields` values, in the shape of data_server's: decimals and
 * counters of one to eight characters. Another `edition` has the same names and other values.
 *
 * ```ts
 * buildMatrix(100_000, 30, 1).length; // about 19.5 MB
 * ```
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
  let piece = header;
  for (let row = 0; row < switches; row++) {
    piece += switchName(row);
    for (let field = 0; field < fields; field++) piece += "," + valueOf(row, field, edition);
    piece += "\n";
    if (row % ROWS_A_PIECE === ROWS_A_PIECE - 1 || row === switches - 1) {
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
