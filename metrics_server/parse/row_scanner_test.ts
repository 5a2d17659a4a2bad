import { assertEquals } from "@std/assert";
import { newRowScan, scannerOf, scanRow } from "./row_scanner.ts";
import { bytesOf } from "../testing/bodies.ts";

/** Scans the first line of `text`; `columns` are expected. */
function scan(text: string, columns: number, final = true) {
  const bytes = bytesOf(`${text}\0`);
  const cells = new Uint32Array(16).fill(999);
  const out = newRowScan();
  scanRow(bytes, bytes.length - 1, 0, final, columns, cells, 2, out);
  return { ...out, cells: [...cells.subarray(2, 3 + columns)], before: cells[1] };
}

Deno.test("scanRow writes where each cell starts, and a sentinel after the last cell", () => {
  const { verdict, next, cells, before } = scan("sw-0,1.5,\nsw-1", 3);
  assertEquals([verdict, next, cells, before], ["row", 10, [0, 5, 9, 10], 999]);
});

Deno.test("scanRow excludes a line end's carriage return from the last cell", () => {
  assertEquals(scan("a,bc\r\n", 2).cells, [0, 2, 5]);
  assertEquals(scan('a,"bc"\r\n', 2).cells, [0, 2, 7]);
  assertEquals(scan("a,b\rc\r\n", 2).cells, [0, 2, 6], "one inside a line belongs to its cell");
});

const VERDICTS: [
  text: string,
  columns: number,
  final: boolean,
  verdict: ReturnType<typeof newRowScan>["verdict"],
  next: number,
][] = [
  ["a,b\n", 2, false, "row", 4],
  ["a,b", 2, true, "row", 3],
  ["a,b\r", 2, true, "row", 4],
  ["a,b", 2, false, "incomplete", 0],
  ["", 1, false, "incomplete", 0],
  ["\nx", 1, false, "blank", 1],
  ["\r\nx", 1, false, "blank", 2],
  [" \n", 1, false, "row", 2],
  [",\n", 2, false, "row", 2],
  ["a,b,c\n", 2, false, "cell_count", 6],
  ["a\n", 2, false, "cell_count", 2],
  ["a", 2, true, "cell_count", 1],
  ['"a",b\n', 2, false, "row", 6],
  ['a,"b\n', 2, false, "incomplete", 0],
  ['a,"b\nc\n', 2, true, "quote", 5],
  ['a,"b"', 2, false, "incomplete", 0],
  ['a,"b"', 2, true, "row", 5],
  ['a,"b"\r', 2, false, "incomplete", 0],
  ['a,"b"\r', 2, true, "row", 6],
  ["a,b\r\r\n", 2, false, "row", 6],
  ['a,"b"c\nx', 2, false, "row", 7],
  ['a,b"\nx', 2, false, "row", 5],
  ['a,b"', 2, false, "incomplete", 0],
  ['a,b"', 2, true, "row", 4],
  ['a, "b"\n', 2, false, "row", 7],
  ['a, "b,c"\n', 2, false, "cell_count", 9],
  ['a,"b" \n', 2, false, "row", 7],
  ['a,"b"\rc\n', 2, false, "row", 8],
  ['a,"b\nc"d\n', 2, false, "quote", 5],
  ['a,"""', 2, true, "quote", 5],
  ['a,""""\n', 2, false, "row", 7],
  ['a,"x,y"\n', 2, false, "row", 8],
  ['a,"x\ny"\n', 2, false, "row", 8],
];

for (const [text, columns, final, verdict, next] of VERDICTS) {
  const ending = final ? "at the end" : "with more to come";
  Deno.test(`scanRow calls ${JSON.stringify(text)} ${ending} ${verdict}`, () => {
    const out = scan(text, columns, final);
    assertEquals(out.verdict, verdict);
    if (verdict !== "incomplete") assertEquals(out.next, next);
  });
}

Deno.test("scanRow counts surplus cells but writes only the expected ones", () => {
  const { cell_count, cells } = scan("a,b,c,d\n", 2);
  assertEquals([cell_count, cells.slice(0, 2)], [4, [0, 2]]);
  assertEquals(scan('a,"b",c,d\n', 2).cell_count, 4);
});

Deno.test("scanRow reports how many lines a quoted row spans", () => {
  assertEquals(scan("a,b\n", 2).lines, 1);
  assertEquals(scan('a,"1\n2\r\n3"\n', 2).lines, 3);
});

Deno.test("scanRow splits at any delimiter", () => {
  const bytes = bytesOf('a;"b;c";1,5;d"e\n\0');
  const cells = new Uint32Array(8);
  const out = newRowScan();
  out.delimiter = 59;
  scannerOf(59)(bytes, bytes.length - 1, 0, false, 4, cells, 0, out);
  assertEquals([out.verdict, out.next, [...cells.subarray(0, 5)]], ["row", 16, [0, 2, 8, 12, 16]]);
});

Deno.test("scanRow ignores bytes beyond the length", () => {
  const bytes = bytesOf("a,b\0,c,d\n");
  const cells = new Uint32Array(8);
  const out = newRowScan();
  scanRow(bytes, 3, 0, true, 2, cells, 0, out);
  assertEquals([out.verdict, out.next, cells[2]], ["row", 3, 4]);
});
