/** How CsvParser uses memory. */
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import type { Buffers } from "./buffers.ts";
import { CsvParser } from "./csv_parser.ts";
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

Deno.test("CsvParser gives back memory that it outgrew, and the rest on discard()", () => {
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
  parser.discard();
  assertEquals(held.size, 0);
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
