import { assert, assertEquals, assertThrows } from "@std/assert";
import { simulate } from "../testing/journal.ts";
import { JournalError, readJournal } from "./reader.ts";
import type { JournalRecord } from "./records.ts";
import { type JournalFile, JournalWriter } from "./writer.ts";

/** A file in memory that holds `bytes_max` and writes `bytes_at_once`. */
class MemoryFile implements JournalFile {
  text = "";
  closed = false;
  readonly #decoder = new TextDecoder();
  constructor(readonly bytes_max = Infinity, readonly bytes_at_once = 1_000) {}

  writeSync(bytes: Uint8Array): number {
    if (this.text.length >= this.bytes_max) throw new Error("No space left on device");
    const taken = bytes.subarray(0, this.bytes_at_once);
    this.text += this.#decoder.decode(taken, { stream: true });
    return taken.length;
  }

  close(): void {
    this.closed = true;
  }
}

function writerOn(file: JournalFile) {
  const reported: string[] = [];
  let now_ms = 0;
  const writer = new JournalWriter({
    file,
    now: () => now_ms++,
    onBroken: (detail) => reported.push(detail),
  });
  return { writer, reported };
}

const RUN = simulate()[0] as Extract<JournalRecord, { kind: "run" }>;

Deno.test("readJournal returns the records that JournalWriter wrote, even in small writes", () => {
  const file = new MemoryFile(Infinity, 10);
  const { writer } = writerOn(file);
  writer.add(RUN, 0);
  writer.add({ kind: "phase", phase: "baseline" }, 1.23456);
  writer.add({ kind: "end", clean: true, left: [] });
  writer[Symbol.dispose]();
  assertEquals(file.closed, true);
  assertEquals(readJournal(file.text), writer.records);
  assertEquals(writer.records[1].t_ms, 1.235);
});

Deno.test("readJournal reads every kind of record of a simulated run", () => {
  const records = simulate();
  const end = records.filter(({ kind }) => kind === "end");
  const ordered = [...records.filter(({ kind }) => kind !== "end"), ...end];
  const text = ordered.map((record) => JSON.stringify(record) + "\n").join("");
  assertEquals(readJournal(text).length, records.length);
});

Deno.test("JournalWriter reports a full disk once, then writes no more, and records the trouble", () => {
  const file = new MemoryFile(1);
  const { writer, reported } = writerOn(file);
  writer.add(RUN, 0);
  writer.flush();
  const kept = file.text;
  writer.add({ kind: "phase", phase: "baseline" });
  writer.flush();
  writer.add({ kind: "phase", phase: "fault" });
  writer[Symbol.dispose]();
  assertEquals(reported, ["Cannot write the journal: No space left on device"]);
  assertEquals(file.text, kept);
  const trouble = writer.records.find(({ kind }) => kind === "trouble");
  assert(trouble?.kind === "trouble" && trouble.what === "journal");
});

Deno.test("readJournal drops a truncated last line", () => {
  const text = `${JSON.stringify(RUN)}\n{"t_ms":1,"kind":"ph`;
  assertEquals(readJournal(text).length, 1);
});

const HEAD = `${JSON.stringify(RUN)}\n`;
for (
  const [text, message] of [
    ["", "run.ndjson: no record"],
    ['{"t_ms":0', "run.ndjson: no record, and the only line is truncated"],
    ["[]\n", "run.ndjson:1: must be an object"],
    [`{"t_ms":0,"kind":"phase","phase":"fault"}\n`, "run.ndjson:1: must be the run record"],
    [`${HEAD}nonsense\n`, "run.ndjson:2: not JSON"],
    [`${HEAD}{"t_ms":0,"kind":"guess"}\n`, `run.ndjson:2: kind="guess": must be one of run, `],
    [`${HEAD}{"t_ms":0,"kind":"phase"}\n`, "run.ndjson:2: phase record without phase (string)"],
    [`${HEAD}${HEAD}`, "run.ndjson:2: a second run record"],
    [
      `${HEAD}{"t_ms":1,"kind":"end","clean":true,"left":[]}\n{"t_ms":2,"kind":"phase","phase":"fault"}\n`,
      "run.ndjson:3: a record after the end record",
    ],
    [HEAD.replace('"format":1', '"format":2'), "run.ndjson:1: format 2: only format 1 can be read"],
  ] as const
) {
  Deno.test(`readJournal refuses: ${message}`, () => {
    assertThrows(() => readJournal(text), JournalError, message);
  });
}

Deno.test("the journal hides credentials in texts, and leaves measured values alone", () => {
  const file = new MemoryFile();
  const writer = new JournalWriter({ file, secrets: ["s3cr3t"], now: () => 0, onBroken: () => {} });
  const line = { event: "poll", url: "http://me:s3cr3t@h/?key=abcd", api_token: "efgh", n: 7 };
  writer.add({ kind: "log", process: "subject", line });
  writer.add({ kind: "trouble", what: "subject", detail: "GET /x?sig=ijkl: s3cr3t" });
  const values = { "sw-0 key_errors": "39.40" };
  writer.add({ kind: "source", snapshot_id: "b-1", taken_ms: 1, values });
  writer[Symbol.dispose]();
  assertEquals(/s3cr3t|abcd|efgh|ijkl/.exec(file.text), null);
  assertEquals(readLines(file.text), writer.records);
  assertEquals(writer.records.at(-1), {
    t_ms: 0,
    kind: "source",
    snapshot_id: "b-1",
    taken_ms: 1,
    values,
  });
});

const readLines = (text: string) => text.trim().split("\n").map((line) => JSON.parse(line));
