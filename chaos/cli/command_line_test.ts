import { assert, assertEquals } from "@std/assert";
import { runProcess } from "../../tools/processes/mod.ts";
import { SCENARIOS } from "../scenarios/mod.ts";
import { simulate } from "../testing/journal.ts";
import { runCommandLine } from "./command_line.ts";
import { folderNames, worstOf } from "./run_command.ts";
import { fakeSystem } from "./testing/fake_system.ts";

Deno.test("list names every scenario with its question", async () => {
  const { system, printed } = fakeSystem();
  assertEquals(await runCommandLine(["list"], system), 0);
  const lines = printed().trimEnd().split("\n");
  assertEquals(lines.length, SCENARIOS.length);
  for (const [i, { name, question }] of SCENARIOS.entries()) {
    assert(lines[i].startsWith(`${name} `) && lines[i].endsWith(question), lines[i]);
  }
});

Deno.test("plan prints timeline and bounds with their sums, and starts no process", async () => {
  const { system, printed } = fakeSystem();
  assertEquals(await runCommandLine(["plan", "outage"], system), 0);
  for (
    const text of [
      "10 s  refuses every connection between data_server and the subject, for 20 s",
      "30 s  listens again",
      "p95_ms ≤ 7 ms  (promised 7 ms)",
      "detect_ms ≤ 650 ms  (poll 500 ms + fetch 150 ms)",
      "arrival RATE=500 VUS=100",
    ]
  ) assert(printed().includes(text), `${text}\n${printed()}`);
});

const NO_REAL_TOXIPROXY = "--engine real: no Toxiproxy on PATH, installed or at TOXIPROXY_URL: " +
  "run deno task toxiproxy:install (needs Go), or use --engine embedded";

for (
  const [args, error] of [
    [["run", "outage", "nonsense"], "nonsense: no such scenario; see deno task chaos list"],
    [["run", "outge"], "outge: no such scenario; see deno task chaos list; did you mean outage?"],
    [["plan", "nonsense"], "nonsense: no such scenario; see deno task chaos list"],
    [
      ["fly"],
      "fly: must be one of list, plan, run, all, explore, judge, compare, compare-subjects",
    ],
    [["judge", "/no/such/run"], "/no/such/run: no run there: give its folder"],
    [["run", "outage", "--subject", "/no/such.json"], "Cannot read the subject file /no/such.json"],
    [["run", "outage", "--engine", "real"], NO_REAL_TOXIPROXY],
    [["all", "--engine=real", "--quick"], NO_REAL_TOXIPROXY],
    [
      ["run", "outage", "--out", "full"],
      "--out: cannot make the folder full: no room: choose another",
    ],
    [["run", "outage", "--out", "held"], "--out: held already contains a run"],
    [["run", "hang", "outage", "--out", "held"], "--out: held/outage already contains a run"],
  ] as const
) {
  Deno.test(`${args.join(" ")} exits with 64 and one line before any start`, async () => {
    const { system, errors } = fakeSystem(["held/run.ndjson", "held/outage/run.ndjson"]);
    assertEquals(await runCommandLine(args, system), 64);
    assertEquals(errors.length, 1);
    assert(errors[0].startsWith(error), errors[0]);
  });
}

/** Starts the lab as a user does, with a `TOXIPROXY_URL`. */
function runNamed(TOXIPROXY_URL: string, ...args: string[]) {
  const main = new URL("./main.ts", import.meta.url).href;
  return runProcess([Deno.execPath(), "run", "--no-check", "--allow-all", main, ...args], {
    env: { TOXIPROXY_URL },
  });
}

Deno.test("run exits with 64 and one line if TOXIPROXY_URL does not answer", async () => {
  const url = "http://127.0.0.1:1";
  const start = `TOXIPROXY_URL=${url}: must be a running Toxiproxy: GET ${url}/proxies: `;
  const advice = ": start it there, correct or unset the variable, or take --engine embedded\n";
  for (const args of [["run", "outage"], ["all", "--engine=real"]]) {
    const { code, stdout, stderr } = await runNamed(url, ...args);
    assertEquals([code, stdout, stderr.trimEnd().split("\n").length], [64, "", 1], stderr);
    assert(stderr.startsWith(start) && stderr.endsWith(advice), stderr);
  }
});

Deno.test("run names an invalid TOXIPROXY_URL; commands without Toxiproxy ignore it", async () => {
  const { code, stderr } = await runNamed("localhost:8474", "run", "outage");
  assertEquals(code, 64);
  assert(stderr.includes("Toxiproxy URL localhost:8474: must be like http://"), stderr);
  for (const args of [["run", "outage", "--engine=embedded", "--out=held"], ["plan", "outage"]]) {
    const { system, errors } = fakeSystem(["held/run.ndjson"]);
    const asked = { ...system, namedToxiproxyProblem: () => Promise.reject(new Error("asked")) };
    await runCommandLine(args, asked);
    assert(!errors.includes("asked"));
  }
});

Deno.test("judge repeats a run's verdict and exit code; compare shows two runs", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const simulated = simulate();
    const isEnd = ({ kind }: { kind: string }) => kind === "end";
    const held = [...simulated.filter((one) => !isEnd(one)), ...simulated.filter(isEnd)];
    const cut = held.filter((one) => !isEnd(one));
    for (const [name, records] of [["held", held], ["cut", cut]] as const) {
      await Deno.mkdir(`${dir}/${name}`);
      const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
      await Deno.writeTextFile(`${dir}/${name}/run.ndjson`, text);
    }
    const { system, errors, printed } = fakeSystem();
    assertEquals(await runCommandLine(["judge", `${dir}/held`], system), 0, errors.join());
    assertEquals(await runCommandLine(["judge", `${dir}/cut`, `--out=${dir}/again`], system), 2);
    assert(printed().includes("the journal is truncated"), printed());
    assert((await Deno.stat(`${dir}/again/report.html`)).isFile);
    assertEquals(await runCommandLine(["compare", `${dir}/held`, `${dir}/cut`], system), 0);
    assert(printed().includes("inconclusive"));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("judge keeps the verdict's exit code if the report cannot be written", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const isEnd = ({ kind }: { kind: string }) => kind === "end";
    const records = simulate().filter((record) => !isEnd(record));
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    await Deno.writeTextFile(`${dir}/run.ndjson`, text);
    const { system, errors } = fakeSystem();
    const out = `${dir}/run.ndjson/below-a-file`;
    const without = await runCommandLine(["judge", dir], system);
    assertEquals(await runCommandLine(["judge", dir, "--out", out], system), without);
    assert(errors[0].startsWith(`Cannot write the report to ${out}: `), errors[0]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a failure of the lab itself exits with 70 and a stack trace", async () => {
  const { system, errors } = fakeSystem();
  const failing = { ...system, exists: () => Promise.reject(new Deno.errors.NotFound("gone")) };
  assertEquals(await runCommandLine(["run", "outage"], failing), 70);
  assert(/^The lab itself failed: NotFound: gone\n +at /.test(errors[0]), errors[0]);
});

Deno.test("judge names the file and line of an invalid record", async () => {
  const path = await Deno.makeTempFile({ suffix: ".ndjson" });
  try {
    await Deno.writeTextFile(path, `${JSON.stringify(simulate()[0])}\n{"kind":"phase"}\n`);
    const { system, errors } = fakeSystem();
    assertEquals(await runCommandLine(["judge", path], system), 64);
    assertEquals(errors, [`${path}:2: phase record without t_ms (number)`]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("worstOf orders rollback failed, broken, inconclusive, held", () => {
  assertEquals(worstOf([]), 0);
  assertEquals(worstOf([0, 2, 0]), 2);
  assertEquals(worstOf([2, 1, 0]), 1);
  assertEquals(worstOf([1, 3, 2]), 3);
});

Deno.test("folderNames numbers repeated scenarios", () => {
  assertEquals(folderNames(["a", "b", "a", "a"]), ["a", "b", "a-2", "a-3"]);
});
