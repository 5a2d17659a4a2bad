import { assertEquals, assertThrows } from "@std/assert";
import { readShard } from "../../contracts/mod.ts";
import { joinBytes } from "../../platform/mod.ts";
import { mulberry32 } from "../../tools/verdict/mod.ts";
import { AUTO_TIMES } from "../snapshot/mod.ts";
import { decodeEntry, encodeEntry, type Entry, type Version } from "./entry.ts";
import { EntryError, keyOf, sourceName } from "./snapshot_store.ts";

const encoder = new TextEncoder();
const SOURCE = "http://source/counters";

const ENTRY: Entry = {
  source: SOURCE,
  snapshot_id: "boot-7",
  etag: '"boot-7"',
  times: {
    requested_ms: 1_767_000_000_000,
    answered_ms: 1_767_000_000_020,
    snapshot_ts: 1_766_999_999_000,
    data_age_ms: NaN,
    cache_age_ms: NaN,
    date_ms: NaN,
  },
  not_after_ms: 1_766_999_999_000,
  intervals_ms: [10_000],
  published: { fence: 7, n: 12 },
  body: encoder.encode("switch_id,m\nsw-0,1\n"),
};

const stored = joinBytes(encodeEntry(ENTRY));

function refusal(bytes: Uint8Array<ArrayBuffer>, source = SOURCE, bytes_max = 1000): string {
  return assertThrows(() => decodeEntry(bytes, source, bytes_max), EntryError).message;
}

Deno.test("decodeEntry returns what encodeEntry stored, unknown times included", () => {
  assertEquals(decodeEntry(stored, SOURCE, 1000), ENTRY);
});

Deno.test("decodeEntry reads an entry of one process alone", () => {
  const alone = { ...ENTRY, published: null };
  assertEquals(decodeEntry(joinBytes(encodeEntry(alone)), SOURCE, 1000), alone);
});

Deno.test("decodeEntry names an entry of another version, source or size", () => {
  const text = new TextDecoder().decode(stored);
  const version = encoder.encode(text.replace("snapshot 1", "snapshot 2"));
  assertEquals(refusal(version), "its version is 2, not 1");
  assertEquals(refusal(encoder.encode("switch_id,m\n")), "it is no stored snapshot");
  assertEquals(refusal(stored, "http://other/"), "it belongs to another source");
  assertEquals(refusal(stored, SOURCE, 18), "its body has 19 bytes: at most UPSTREAM_MAX_BYTES=18");
});

const NAMED = { url: "http://user:secret@source/", id_columns: [], row_times: AUTO_TIMES };

Deno.test("an entry is neither found nor accepted by a process that reads the source otherwise", () => {
  const names = [
    { ...NAMED, shard: readShard("0/2")! },
    { ...NAMED, shard: readShard("1/2")! },
    { ...NAMED, id_columns: [["a", "b"], ["c"]] },
    { ...NAMED, row_times: { column: "t", unit: "ms" as const } },
  ].map(sourceName);
  assertEquals(sourceName(NAMED), "http://source/");
  assertEquals(names, [
    "http://source/ SHARD=0/2",
    "http://source/ SHARD=1/2",
    "http://source/ ID_COLUMNS=a,b|c",
    "http://source/ TIME_COLUMN=t TIME_UNIT=ms",
  ]);
  assertEquals(new Set(names.map(keyOf)).size, names.length);
  const of_first = joinBytes(encodeEntry({ ...ENTRY, source: names[0] }));
  for (const other of [SOURCE, ...names.slice(1)]) {
    assertEquals(refusal(of_first, other), "it belongs to another source");
  }
});

for (
  const [what, declared] of [
    ["an id that no header can carry", { snapshot_id: "a\nb" }],
    ["an id that is no text", { snapshot_id: 7 }],
    ["an ETag that no header can carry", { etag: '"a\r\n"' }],
    ["a time that is none", { not_after_ms: "soon" as unknown as number }],
    ["an interval that is none", { intervals_ms: [0] }],
    ["too many intervals", { intervals_ms: Array(6).fill(1) }],
    ["an invalid version", { published: { fence: "7" } as unknown as Version }],
    ["unknown times", { times: {} as Entry["times"] }],
  ] as const
) {
  Deno.test(`decodeEntry refuses ${what} under a correct checksum`, () => {
    const bytes = joinBytes(encodeEntry({ ...ENTRY, ...declared as Partial<Entry> }));
    assertEquals(refusal(bytes), "its declared values are invalid");
  });
}

Deno.test("decodeEntry refuses every truncated entry", () => {
  for (let length = 0; length < stored.length; length++) refusal(stored.slice(0, length));
});

Deno.test("decodeEntry refuses an entry with any changed byte", () => {
  const seed = Date.now() % 2 ** 32;
  const random = mulberry32(seed);
  for (let at = 0; at < stored.length; at++) {
    const damaged = stored.slice();
    damaged[at] ^= 1 + Math.floor(random() * 255);
    assertThrows(() => decodeEntry(damaged, SOURCE, 1000), EntryError, "", `seed ${seed}, ${at}`);
  }
});
