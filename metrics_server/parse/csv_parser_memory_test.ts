/** How CsvParser uses memory. */
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import type { Buffers } from "./buffers.ts";
import { CsvParser } from "./csv_parser.ts";
import type { BodyLimits } from "./parsed_body.ts";
import { ParseError } from "./rejection.ts";
import { bytesOf, outcomeOf, parseBody } from "../testing/bodies.ts";

/** A header and as many rows of three cells. */
function bodyWith(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => `sw-${i},1.5,2\n`);
  return `switch_id,bandwidth_gbps,latency_us\n${lines.join("")}`;
}

/** Memory that holds an older body. */
function usedBuffers(old_body: string): Buffers {
  return {
    take(bytes) {
      const buffer = new SharedArrayBuffer(bytes + 64);
      const view = new Uint8Array(buffer);
      const old = bytesOf(old_body);
      for (let i = 0; i < view.length; i++) view[i] = old[i % old.length];
      return buffer;
    },
    give: () => {},
  };
}

Deno.test("CsvParser reads a body the same in reused memory", () => {
  for (const old_body of ["x", ",", "\n", '"', "sw-9,9.9,9\n", "\ufeff<html>"]) {
    for (
      const body of [`${bodyWith(3)}last,1,2`, `${bodyWith(3)}"last",1,"2"`, "", "s", "\ufeff"]
    ) {
      const buffers = usedBuffers(old_body);
      for (const cuts of [[], Array.from({ length: bytesOf(body).length }, (_, i) => i)]) {
        const outcome = outcomeOf(body, cuts, buffers);
        assertEquals(outcome, outcomeOf(body), JSON.stringify([old_body, body]));
      }
    }
  }
});

Deno.test("CsvParser reports a body without a chunk as empty in reused memory", () => {
  const parser = new CsvParser({ id_columns: [], buffers: usedBuffers("\ufeff<html>") });
  const error = assertThrows(() => parser.finish(), ParseError, "the body has 0 bytes");
  assertEquals(error.cause_word, "empty");
});

Deno.test("CsvParser gives back memory that it outgrew", () => {
  const held = new Set<SharedArrayBuffer>();
  const buffers: Buffers = {
    take(bytes) {
      const buffer = new SharedArrayBuffer(bytes);
      held.add(buffer);
      return buffer;
    },
    give: (buffer) => void assert(held.delete(buffer), "given back twice"),
  };
  const parser = new CsvParser({ id_columns: [], buffers });
  for (let from = 0, body = bytesOf(bodyWith(20_000)); from < body.length; from += 65_536) {
    parser.push(body.subarray(from, from + 65_536));
  }
  const { table } = parser.finish();
  assertEquals(held, new Set([table.bytes.buffer, table.cells.buffer]));
});

Deno.test("CsvParser takes memory once if the hints are right", () => {
  const body = bytesOf(bodyWith(20_000));
  const { table } = parseBody(body);
  const hints = { body_bytes: body.length, cells: table.rows * (table.columns + 1) };
  let takes = 0;
  const buffers: Buffers = {
    take: (bytes) => (takes++, new SharedArrayBuffer(bytes)),
    give: () => {},
  };
  const parser = new CsvParser({ id_columns: [], buffers }, hints);
  parser.push(body);
  assertEquals(parser.finish().table.rows, 20_000);
  assertEquals(takes, 2);
});

Deno.test("CsvParser keeps a spare byte after a body of any length", () => {
  const start = bodyWith(1);
  for (const length of [65_535, 65_536, 65_537, 131_073, 131_074]) {
    const { table } = parseBody(start + "\n".repeat(length - start.length));
    assertEquals(table.length, length);
    assertGreater(table.bytes.length, length);
    assertEquals(table.bytes[length], 0);
  }
});

Deno.test("CsvParser keeps body and cells in shared memory", () => {
  const { table } = parseBody(bodyWith(1));
  assert(table.bytes.buffer instanceof SharedArrayBuffer);
  assert(table.cells.buffer instanceof SharedArrayBuffer);
});

/** Rows taken before a body of endless rows was refused, the message, and the memory it took. */
function refusalOf(limits: BodyLimits, row: string) {
  let taken_bytes = 0;
  const buffers: Buffers = {
    take: (bytes) => (taken_bytes += bytes, new SharedArrayBuffer(bytes)),
    give: () => {},
  };
  const parser = new CsvParser({ id_columns: [], limits, buffers });
  parser.push(bytesOf("switch_id,a,b\n"));
  const chunk = bytesOf(row.repeat(100));
  let rows = 0;
  const error = assertThrows(() => {
    for (; rows < 1e5; rows += 100) parser.push(chunk);
  }, ParseError);
  return { rows, cause: error.cause_word, message: error.message, taken_bytes };
}

Deno.test("CsvParser refuses rows and cells over their limits as they arrive, and names the variable", () => {
  const limits = { bytes_max: 1e9, rows_max: 1000, cells_max: 1e9 };
  const by_rows = refusalOf(limits, "x,1,2\n");
  assertEquals(by_rows.rows, 1000);
  assertEquals(by_rows.cause, "too_large");
  assert(by_rows.message.startsWith("body has at least 1001 rows: at most UPSTREAM_MAX_ROWS=1000"));
  const by_cells = refusalOf({ ...limits, rows_max: 1e9, cells_max: 6000 }, ",,\n");
  assertEquals(by_cells.rows, 2000);
  assert(by_cells.message.includes("2001 rows × 3 columns: at most UPSTREAM_MAX_CELLS=6000"));
});

Deno.test("CsvParser takes no more memory for cells than its limit of rows allows", () => {
  const limits = { bytes_max: 1e9, rows_max: 50_000, cells_max: 1e9 };
  // Each growth at least doubles the memory, so all of it is less than twice the last.
  assert(refusalOf(limits, ",,\n").taken_bytes < 2 * 50_001 * (4 * 4 + 3 * 2) + 200_000);
});

Deno.test("CsvParser accepts as many rows and cells as its limits name", () => {
  const limits = { bytes_max: 1e9, rows_max: 20, cells_max: 60 };
  const parser = new CsvParser({ id_columns: [], limits });
  parser.push(bytesOf(bodyWith(20)));
  assertEquals(parser.finish().table.rows, 20);
});
