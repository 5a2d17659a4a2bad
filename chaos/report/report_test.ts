import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { NOT_STARTED } from "../journal/mod.ts";
import { judgeRun as judgeAnew } from "../judge/mod.ts";
import { edit, simulate, timesOf } from "../testing/journal.ts";
import { htmlReport } from "./html.ts";
import { compareRuns, type IndexedRun, indexPage, terminalReport, writeReport } from "./mod.ts";

const GOOD = simulate();
const TIMES = timesOf();

/** One response in the middle of the outage is too old. */
const BROKEN = edit(
  GOOD,
  "probe",
  (probe) => probe.t_ms === 8050 ? { ...probe, age_ms: 9100 } : probe,
);

/** Text a hostile server under test might send. */
const EVIL = `"><script>alert('x')</script><img src=x onerror=alert(1)>&\u0000`;

const CUT = edit(GOOD, "end", () => null);

/** Verdicts are slow, and the tests share journals. */
const judgements = new Map<typeof GOOD, ReturnType<typeof judgeAnew>>();

function judgeRun(records: typeof GOOD): ReturnType<typeof judgeAnew> {
  return judgements.getOrInsertComputed(records, judgeAnew);
}

/** junit.xml as writeReport writes it. */
async function junitOf(records: typeof GOOD): Promise<string> {
  const dir = await Deno.makeTempDir();
  try {
    const files = await writeReport(dir, records, judgeRun(records));
    return await Deno.readTextFile(files[2]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const judged = (records: typeof GOOD) => ({ records, judgement: judgeRun(records) });
const html = (records: typeof GOOD) => htmlReport(records, judgeRun(records));

Deno.test("report.html has the verdict, the sentence, the sample and every condition", async () => {
  const text = await html(BROKEN);
  assertMatch(text, /✗ broken/);
  assertMatch(text, /largest age under fault: 9.1 s, must be ≤ 9 s/);
  assertMatch(text, /Decided at 8.1 s: getmetric/);
  for (const { name } of judgeRun(BROKEN).measures) assert(text.includes(name), name);
});

Deno.test("report.html draws age, p95, errors and requests, shades the fault and draws bounds", async () => {
  const text = await html(GOOD);
  assertEquals(text.match(/<figure>/g)?.length, 4);
  assertEquals(text.match(/class="fault"/g)?.length, 4);
  assert((text.match(/class="bound"/g)?.length ?? 0) >= 4);
  assertMatch(text, /predicted ≤ 9 s: fault 5 s \+ poll 500 ms/);
  assertNotMatch(text, /NaN|undefined|Infinity/);
});

Deno.test("report.html loads no resource and runs no script", async () => {
  const text = await html(GOOD);
  assertNotMatch(text, /<script|<link|<iframe|<object|@import|url\(|\son\w+=|style=/i);
  assertNotMatch(text, /(?:src|href)=/);
  assertMatch(text, /default-src &#39;none&#39;/);
});

Deno.test("report.html: the policy has the hash of the page's style", async () => {
  const text = await html(GOOD);
  const style = text.match(/<style>([\s\S]*?)<\/style>/)![1];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  assert(text.includes(`sha256-${new Uint8Array(digest).toBase64()}`));
});

Deno.test("report.html, index.html and junit.xml escape text from the server", async () => {
  const said = edit(
    edit(BROKEN, "probe", (probe) => ({ ...probe, value: EVIL, metric: EVIL, error: EVIL })),
    "log",
    (log) => ({ ...log, process: EVIL, line: { event: EVIL, detail: EVIL } }),
  );
  const judgement = judgeRun(said);
  const attempts = [1, 2].map(() => ({
    dir: EVIL,
    verdict: judgement.verdict,
    sentence: EVIL,
    is_machines: false,
  }));
  const run: IndexedRun = { name: EVIL, dir: EVIL, records: said, judgement, attempts };
  for (
    const text of [
      await htmlReport(said, judgement),
      await indexPage([run]),
      await junitOf(said),
    ]
  ) {
    assertNotMatch(text, /<script|<img/);
    assert(!text.includes("\0"));
    assertMatch(text, /&#60;script&#62;/);
  }
});

Deno.test("page and terminal report that no engine was started", async () => {
  const engines = { tcp: NOT_STARTED, load: "tools/k6" };
  const records = edit(GOOD, "run", (run) => ({ ...run, engines }));
  const screen = terminalReport(records, judgeRun(records), { columns: 200, color: false });
  for (const text of [await html(records), screen]) {
    assert(text.includes("no engine was started"), text);
    assertNotMatch(text, /not started/);
  }
});

Deno.test("report.html prints a doubt once, above the rows that depend on it; junit.xml each time", async () => {
  const failed = edit(GOOD, "probe", (one) => one.t_ms === 2050 ? { ...one, age_ms: 9100 } : one);
  const judgement = judgeRun(failed);
  const [doubt] = judgement.doubts;
  assertMatch(doubt, /^the baseline failed/);
  const [above, rows] = (await htmlReport(failed, judgement)).split(
    "Measured and predicted</h2>",
  );
  assert(above.includes(`<li class="inconclusive">${doubt}</li>`), above);
  assert(!rows.split("<h2>")[0].includes(doubt));
  const doubted = judgement.conditions.filter((one) => one.doubt !== null);
  assert(doubted.length > 5);
  assertEquals(rows.match(/in doubt \(1\)/g)?.length, doubted.length);
  const junit = (await junitOf(failed)).split(`; not reliable: ${doubt}`);
  assertEquals(junit.length - 1, doubted.length);
});

Deno.test("charts, events and the index have a note for narrow screens", async () => {
  const [run] = [GOOD].map((records) => ({
    name: "a",
    dir: "a",
    attempts: [],
    ...judged(records),
  }));
  for (const [text, wides] of [[await html(GOOD), 3], [await indexPage([run]), 1]] as const) {
    assertEquals(text.match(/<p class="sideways">[^<]+<\/p>\n<div class="scroll"/g)?.length, wides);
    assertMatch(text, /max-width: 699px\) { .sideways { display: block; } }/);
  }
});

Deno.test("report.html of a journal without its first line reports that", async () => {
  const text = await html([]);
  assertMatch(text, /Run without its first line/);
  assertMatch(text, /\? inconclusive/);
});

Deno.test("terminalReport fits the requested width, from 80 columns on", () => {
  for (const records of [GOOD, BROKEN, CUT, []]) {
    for (const columns of [40, 80, 100, 132]) {
      const text = terminalReport(records, judgeRun(records), { columns, color: false });
      for (const line of text.split("\n")) {
        assert(line.length <= Math.max(80, columns), `${columns}: ${line.length} ${line}`);
      }
      assertNotMatch(text, /NaN|undefined/);
      assert(!text.includes("\x1b"));
    }
  }
});

Deno.test("terminalReport marks the fault and prints measured and predicted values", () => {
  const text = terminalReport(BROKEN, judgeRun(BROKEN), { columns: 100, color: false });
  assertMatch(text, /^outage: ✗ broken/);
  assertMatch(text, /^faults +·+━+·+$/m);
  assertMatch(text, /^✗ largest age under fault +9.1 s +≤ 9 s +fault 5 s/m);
  assertMatch(text, /^ {2}took effect: 1-tcp.refuse: 10 hits; 10 polls failed/m);
});

Deno.test("page and terminal have p95, p99 and max of both sides in each segment", async () => {
  const screen = terminalReport(GOOD, judgeRun(GOOD), { columns: 80, color: false });
  assertMatch(screen, /^ +subject +control\nlatency +p95 +p99 +max +p95 +p99 +max$/m);
  assertMatch(screen, /^baseline, 5 s +3\.\d+ ms +\d\S* ms +\d\S* ms +1 ms +1\.5 ms +1\.5 ms$/m);
  for (const name of ["fault on, 5 s", "after, 6.01 s"]) {
    assert(screen.includes(`\n${name} `), screen);
  }
  const page = await html(GOOD);
  assertMatch(page, /<td>baseline, 1\.0 s to 6\.0 s<\/td><td class="number">5,000<\/td>/);
});

Deno.test("terminalReport passes no control character from a server to the terminal", () => {
  const commands = "\x1b[2J\x9b31m\u202egone\r\nheld";
  const said = edit(
    edit(BROKEN, "probe", (probe) => ({ ...probe, value: commands, metric: commands })),
    "log",
    (log) => ({ ...log, line: { ...log.line, detail: commands } }),
  );
  const text = terminalReport(said, judgeRun(said), { columns: 100, color: false }) +
    compareRuns(judged(said), judged(said));
  for (const command of ["\x1b", "\x9b", "\u202e", "\r", "\nheld"]) {
    assert(!text.includes(command), JSON.stringify(command));
  }
});

Deno.test("terminalReport has the same text with and without color", () => {
  const plain = (color: boolean) =>
    // deno-lint-ignore no-control-regex
    terminalReport(BROKEN, judgeRun(BROKEN), { columns: 100, color }).replace(/\x1b\[\d*m/g, "");
  assertEquals(plain(true), plain(false));
});

Deno.test("junit.xml: broken is a failure, inconclusive an error, and what held has its figure", async () => {
  const broken = await junitOf(BROKEN);
  assertMatch(broken, /failures="2" errors="0" skipped="0"/);
  assertMatch(broken, /<failure message="largest age under fault: 9.1 s/);
  const cut = await junitOf(CUT);
  assertMatch(cut, /failures="0" errors="[1-9]\d*" skipped="0"/);
  assertMatch(cut, /name="verdict"[^>]*><error message="the journal is truncated/);
  assertMatch(await junitOf(GOOD), /<system-out>largest age under fault: 6.15 s, as claimed ≤ 9 s/);
  const left = edit(GOOD, "end", (end) => ({ ...end, clean: false, left: ["a toxic"] }));
  assertMatch(await junitOf(left), /<error message="not everything is as it was/);
});

Deno.test("index.html is a matrix of scenarios and promises with links to each report", async () => {
  const runs = [GOOD, BROKEN, CUT].map((records, i): IndexedRun => ({
    name: `run-${i}`,
    dir: `run-${i}`,
    records,
    judgement: judgeRun(records),
    attempts: [],
  }));
  const text = await indexPage(runs);
  assertMatch(text, /<title>Chaos runs: 1 held, 1 broken, 1 inconclusive<\/title>/);
  assertMatch(text, /<a href="run-1\/report.html">run-1<\/a>/);
  assertEquals(text.match(/<th scope="row">/g)?.length, 3);
  assertMatch(text, /aria-label="broken">✗<\/td>/);
});

Deno.test("compareRuns prints both runs, both values, the change, and why a run is not held", () => {
  const text = compareRuns(judged(GOOD), judged(BROKEN));
  assertMatch(text, /^first: outage, .*seed \d+, \S/m);
  assertMatch(text, /^verdict +✓ held +✗ broken$/m);
  assertMatch(text, /^largest age under fault +✓ 6.15 s +✗ 9.1 s +\+48 % +≤ 9 s$/m);
  assertMatch(text, /^second: largest age under fault/m);
  assertNotMatch(text, /NaN|undefined/);
});

Deno.test("compareRuns prints a dash for a quantity that only one run measured", () => {
  const other = simulate({ conditions: [] });
  const text = compareRuns(judged(GOOD), judged(other));
  assertMatch(text, /^largest age without faults +✓ 1.15 s +–/m);
});

Deno.test("writeReport writes a page, JSON with the judgement, and JUnit XML", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const files = await writeReport(`${dir}/new`, BROKEN, judgeRun(BROKEN));
    assertEquals(
      files.map((file) => file.slice(dir.length)),
      ["/new/report.html", "/new/verdict.json", "/new/junit.xml"],
    );
    const verdict = JSON.parse(await Deno.readTextFile(files[1]));
    assertEquals([verdict.format, verdict.verdict, verdict.exit_code], [1, "broken", 1]);
    assertEquals(verdict.decided_by.t_ms, 8050);
    assertEquals(verdict.scenario, "outage");
    assertEquals(Object.keys(verdict.bite[0]), ["fault_id", "hits", "bitten", "evidence"]);
    assertEquals(verdict.phases.at(-1).phase, "verify");
    assert(verdict.phases.at(-1).to_ms > TIMES.end);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
