/** The shards of a body have together what a service without shards has. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Shard, shardOfId } from "../../contracts/mod.ts";
import { ParseError } from "../parse/mod.ts";
import { bytesOf, parseBody, randomCuts, rowsOf } from "../testing/bodies.ts";
import { forSeeds, type Random } from "../testing/random.ts";
import { idsOf } from "../testing/snapshots.ts";
import { accept, type Held } from "./accept.ts";
import { NO_DOUBT } from "./doubt.ts";
import { PollError } from "./poll_error.ts";
import { arrived, rulesOf } from "./testing/taker.ts";

type Result = { held: Held; bytes: number } | { cause: string };

function take(
  body: string,
  cuts: readonly number[],
  shard?: Shard,
  columns: string[][] = [],
): Result {
  try {
    const parsed = parseBody(body, cuts, columns, undefined, shard);
    // A service without shards, too, so that ids are the same.
    const rules = { ...rulesOf(), shard: shard ?? { index: 0, count: 1 } };
    const answer = arrived("switch_id\na\n", { body: parsed, etag: '"s-1"' });
    return {
      held: accept(answer, null, NO_DOUBT, rules) as Held,
      bytes: parsed.table.length,
    };
  } catch (error) {
    if (error instanceof ParseError || error instanceof PollError) {
      return { cause: error.cause_word };
    }
    throw error;
  }
}

/** Each row with its id. */
function identified({ snapshot }: Held): [string, string[]][] {
  const rows = rowsOf(snapshot.table);
  return idsOf(snapshot).map((id, row) => [id, rows[row]]);
}

const IDS = ["sw-0", "sw-1", "sw-2", '"a,b"', '" é "', "  c ", "ü€𝛑", '"d""q"', "0x1f", "e\r", "f"];
const CELLS = ["", "1", "18446744073709551615", '"x,\ny"', "N/A", '""', "\t"];

/** Rows with and without an id, some torn, uneven or blank. */
function randomBody(random: Random): string {
  const columns = 1 + random.below(4);
  const bad = random.of([0, 0.02, 0.2]);
  const end = random.of(["\n", "\r\n"]);
  const lines = Array.from({ length: 1 + random.below(40) }, () => {
    const id = random.chance(bad) ? "" : random.of(IDS) + random.below(20);
    const cells = Array.from({ length: columns }, () => random.of(CELLS));
    if (random.chance(bad)) return random.of(["", ",".repeat(columns), `${id},"torn`, "a\u0007b"]);
    if (random.chance(bad)) cells.push(...random.of([[""], ["extra"]]));
    return [id, ...cells].join(",");
  });
  const names = Array.from({ length: columns }, (_, c) => `m${c}`);
  const body = [["switch_id", ...names].join(","), ...lines].join(end);
  return random.chance(0.8) ? body + end : body;
}

Deno.test("shards have together the rows of the whole body, in any chunks", () => {
  let accepted = 0;
  forSeeds(100, (random) => {
    const body = randomBody(random);
    const count = random.of([1, 2, 3, 5]);
    const whole = take(body, []);
    const found: [string, string[]][] = [];
    for (let index = 0; index < count; index++) {
      const cuts = randomCuts(random, bytesOf(body).length);
      const shard = take(body, cuts, { index, count });
      const about = JSON.stringify([body, cuts, index, count]);
      if ("cause" in whole) {
        assert("cause" in shard, about);
        continue;
      }
      assert("held" in shard, `${about} ${JSON.stringify(shard)}`);
      const { snapshot, end, bad_samples } = shard.held;
      const own = identified(shard.held);
      for (const [id] of own) assertEquals(shardOfId(id, count), index, about);
      found.push(...own);
      assertEquals(end.has_newline, whole.held.end.has_newline, about);
      assertEquals(snapshot.bad_rows, whole.held.snapshot.bad_rows, about);
      assertEquals(
        new Set(bad_samples.map(({ line }) => line)).isSubsetOf(badLines(body)),
        true,
        about,
      );
      // What is kept is a body of its own, which a store can restore.
      const kept = new TextDecoder().decode(
        snapshot.table.bytes.slice(0, snapshot.table.length),
      );
      assert(kept.endsWith("\n"), about);
      if (own.length === 0) continue;
      const again = parseBody(kept, [], [], undefined, { index, count });
      assertEquals([again.rows_left_out, again.bad_rows], [0, 0], about);
    }
    if ("cause" in whole) return;
    accepted++;
    assertEquals(sorted(found), sorted(identified(whole.held)), JSON.stringify([body, count]));
  });
  assert(accepted > 20, `${accepted}`);
});

function sorted(rows: [string, string[]][]): [string, string[]][] {
  return rows.sort(([a], [b]) => a < b ? -1 : 1);
}

/** Numbers of the lines on which a row may begin. */
function badLines(body: string): Set<number> {
  return new Set(Array.from({ length: body.split("\n").length }, (_, line) => line + 1));
}

const ALL = Array.from({ length: 20 }, (_, n) => `sw-${n}`);
const [OWN, OTHER] = [0, 1].map((index) => ALL.filter((id) => shardOfId(id, 2) === index));

/** Body of a source that never ends its last line. */
const UNENDED = [
  "switch_id,m",
  ...[...OWN.slice(0, 2), ...OTHER.slice(0, 2)].map((id) => `${id},1111`),
].join("\n");

for (
  const [what, rows] of [
    ["in a row of another shard", 3],
    ["in its own last row", 2],
  ] as const
) {
  Deno.test(`a shard refuses a body cut ${what} if later rows are missing`, () => {
    const shard = { index: 0, count: 2 };
    const rules = { ...rulesOf(), shard };
    const answer = (csv: string) =>
      arrived("switch_id\na\n", {
        body: parseBody(csv, [], [], undefined, shard),
        end_known: false,
      });
    const held = accept({ ...answer(UNENDED), end_known: true }, null, NO_DOUBT, rules) as Held;
    const next = UNENDED.replaceAll("1111", "2222");
    assertEquals((accept(answer(next), held, NO_DOUBT, rules) as Held).snapshot.rows_left_out, 2);
    const cut = next.split("\n").slice(0, 1 + rows).join("\n").slice(0, -2);
    const error = assertThrows(() => accept(answer(cut), held, NO_DOUBT, rules), PollError);
    assertEquals(error.cause_word, "truncated");
    assertStringIncludes(error.message, `the body ends after ${cut.length} bytes `);
  });
}

Deno.test("a shard is empty if no row is its own, but a body without rows is refused", () => {
  const other = { index: 1 - shardOfId("sw-0", 2), count: 2 };
  const empty = take("switch_id,timestamp\nsw-0,5\n", [], other);
  assert("held" in empty);
  const { snapshot: { table, rows_left_out }, row_times } = empty.held;
  assertEquals([table.rows, rows_left_out, row_times], [0, 1, null]);
  assertEquals(take("switch_id,m\n", [], other), { cause: "no_rows" });
  assertEquals(take("switch_id,m\n,5\n", [], other), { cause: "too_many_bad_rows" });
});

Deno.test("each shard refuses a body with over 10 % of rows without an id, of all rows", () => {
  const body = (rows: number) =>
    `switch_id,m\n,1\n,2\n${ALL.slice(0, rows - 2).map((id) => `${id},3\n`).join("")}`;
  for (const index of [0, 1]) {
    assertEquals(take(body(19), [], { index, count: 2 }), { cause: "too_many_bad_rows" });
    assert("held" in take(body(20), [], { index, count: 2 }));
  }
});

Deno.test("a shard without rows so far refuses a body that ends in a row, as all shards do", () => {
  const cut = `switch_id,m,\n${OTHER[0]},1,\n${OTHER[1]},1`;
  for (const index of [0, 1]) {
    assertEquals(take(cut, [], { index, count: 2 }), { cause: "truncated" });
  }
});

Deno.test("ids of several parts choose the shard as clients spell them, whatever else is there", () => {
  const head = "node_guid,port_num,sys_image_guid,aport,m\n";
  const plain = "0xa,1,,,1\n0xa,2,,,2\n";
  const aggregated = ",,0xa,1,3\n,,0xb,9,4\n";
  const ids = (body: string) =>
    [0, 1, 2].flatMap((index) => {
      const shard = take(body, [], { index, count: 3 });
      assert("held" in shard);
      const own = idsOf(shard.held.snapshot);
      for (const id of own) assertEquals(shardOfId(id, 3), index, id);
      return own;
    }).sort();
  // Without shards, only the first body needs named columns to distinguish its rows.
  assertEquals(ids(head + plain + aggregated), ["0xa:1", "0xa:2", "0xa:aport:1", "0xb:aport:9"]);
  assertEquals(ids(head + aggregated), ["0xa:aport:1", "0xb:aport:9"]);
});

Deno.test("a shard's memory is its share of the body and of the cells", () => {
  const lines = Array.from({ length: 8_000 }, (_, n) => `sw-${n},${n},${n * n}`);
  const body = `switch_id,a,b\n${lines.join("\n")}\n`;
  const cuts = Array.from({ length: body.length >> 12 }, (_, n) => (n + 1) << 12);
  for (let index = 0; index < 4; index++) {
    const shard = take(body, cuts, { index, count: 4 });
    assert("held" in shard);
    const { table, rows_left_out } = shard.held.snapshot;
    assertEquals(table.rows + rows_left_out, 8_000);
    assert(shard.bytes < body.length * 0.28, `${shard.bytes} of ${body.length}`);
    assert(table.bytes.length < 128 * 1024 && table.cells.length < 8_000 * 4 / 2);
  }
});
