import { assertEquals } from "@std/assert";
import { text } from "../testing/bytes.ts";
import { endlessRows, PIECE_BYTES, rowsOf } from "./padding.ts";

function joined(pieces: Iterable<Uint8Array>): string {
  return [...pieces].map(text).join("");
}

Deno.test("rowsOf comes out even, whatever the size", () => {
  for (const bytes of [0, 1, 22, 23, 24, 100, 1_000, PIECE_BYTES, PIECE_BYTES + 1, 1_000_003]) {
    assertEquals(joined(rowsOf(bytes, 4)).length, bytes, `${bytes} bytes`);
  }
});

Deno.test("rowsOf makes whole rows with ids of their own", () => {
  const rows = joined(rowsOf(1_000, 3)).trimEnd().split("\n").map((row) => row.split(","));
  assertEquals(rows.every(({ length }) => length === 3), true);
  assertEquals(new Set(rows.map(([id]) => id)).size, rows.length);
});

Deno.test("endlessRows goes on with new ids", () => {
  const rows = endlessRows(2);
  const first = text(rows.next().value!)!, second = text(rows.next().value!)!;
  const ids = (first + second).trimEnd().split("\n");
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(first.length >= PIECE_BYTES, true);
});
