/** CsvParser against @std/csv, and against itself with other chunks. */
import { assertEquals } from "@std/assert";
import { parse } from "@std/csv";
import {
  bytesOf,
  type Outcome,
  outcomeOf,
  randomCuts,
  randomTable,
  writeTable,
} from "../testing/bodies.ts";
import { forSeeds, type Random } from "../testing/random.ts";

/** Random text of CSV's special characters, mostly malformed. */
function randomJunk(random: Random): string {
  const parts = Array.from(
    { length: random.below(14) },
    () => random.of(["a", ",", ",", '"', '"', "\n", "\n", "\r\n", "\r", "é", " "]),
  );
  // CsvParser takes several carriage returns before a line feed for one line end.
  return `switch_id,b\n${parts.join("").replaceAll(/\r+(\n|$)/g, "\r$1")}`;
}

/** @std/csv turns a line end inside quotes into `\n`; CsvParser keeps it. */
function likeStd(rows: string[][] | undefined): string[][] | undefined {
  return rows?.map((row) => row.map((cell) => cell.replaceAll("\r\n", "\n")));
}

/** Rows that @std/csv reads, or null if a row has not as many cells as the header. */
function stdRows(body: string): string[][] | null {
  try {
    return parse(body, { fieldsPerRecord: 0 });
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isWhole({ rows, bad_rows }: Outcome): boolean {
  return rows !== undefined && bad_rows === 0;
}

Deno.test("CsvParser reads random tables as they were written, and as @std/csv reads them", () => {
  forSeeds(400, (random) => {
    const table = randomTable(random);
    const body = writeTable(random, table);
    const { names, rows } = outcomeOf(body, randomCuts(random, bytesOf(body).length));
    assertEquals([names, ...rows ?? []], table, JSON.stringify(body));
    assertEquals(likeStd([[...names!], ...rows!]), parse(body), JSON.stringify(body));
  });
});

Deno.test("CsvParser reads what @std/csv reads, and beyond it only odd quotes and extra delimiters", () => {
  forSeeds(3000, (random) => {
    const body = randomJunk(random);
    const expected = stdRows(body);
    const outcome = outcomeOf(body);
    if (expected === null) {
      const has_quote = outcome.rows?.flat().some((cell) => cell.includes('"')) ?? false;
      const is_lenient = has_quote || (outcome.uneven_rows ?? 0) > 0;
      assertEquals(isWhole(outcome) && !is_lenient, false, JSON.stringify([body, outcome]));
    } else if (expected.length === 1) {
      assertEquals(outcome.cause, "no_rows", JSON.stringify([body, outcome]));
    } else {
      assertEquals(likeStd(outcome.rows), expected.slice(1), JSON.stringify([body, outcome]));
      assertEquals([outcome.bad_rows, outcome.uneven_rows], [0, 0]);
    }
  });
});

Deno.test("CsvParser reads malformed bodies the same in any chunks", () => {
  forSeeds(1000, (random) => {
    const body = randomJunk(random);
    const cuts = randomCuts(random, bytesOf(body).length);
    assertEquals(outcomeOf(body, cuts), outcomeOf(body), JSON.stringify([body, cuts]));
  });
});
