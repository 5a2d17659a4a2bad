import { assert, assertEquals } from "@std/assert";
import { NOT_STARTED } from "../journal/mod.ts";
import { scenarioNamed } from "../scenarios/mod.ts";
import { simulate } from "../testing/journal.ts";
import { LiveView } from "./live_view.ts";

function watch(is_terminal: boolean, columns = 80) {
  const records = simulate();
  const header = records[0];
  assert(header.kind === "run");
  const texts: string[] = [];
  const view = new LiveView(header.plan, {
    is_terminal,
    columns,
    write: (text) => void texts.push(text),
  });
  for (const record of records) view.see(record);
  return { view, texts };
}

Deno.test("LiveView prints a line for each event without a terminal", () => {
  const { texts } = watch(false);
  const lines = texts.join("").trimEnd().split("\n");
  assert(lines.every((line) => /^ *\d+\.\d s {2}/.test(line)), lines.join("\n"));
  const phases = lines.map((line) => line.replace(/^ *\S+ s +/, ""));
  for (const phase of ["baseline", "fault", "lift", "recover", "verify"]) {
    assert(phases.includes(phase), phase);
  }
  assert(phases.some((line) => line.startsWith("refuses every connection")));
  assert(!texts.join("").includes("\x1b"));
});

Deno.test("LiveView redraws one block within the terminal's width, and removes it", () => {
  const { view, texts } = watch(true, 60);
  assert(texts.length > 10);
  const block = texts.at(-1)!.replaceAll("\x1b", "").replace(/\[\d*[AK]/g, "").trimEnd().split(
    "\n",
  );
  assertEquals(block.length, 6);
  assert(block.every((line) => [...line].length < 60), block.join("\n"));
  assert(block[1].includes("✓") && block[2].includes("none"), block.join("\n"));
  view.end();
  assertEquals(texts.at(-1), "\x1b[6A\x1b[J");
});

Deno.test("LiveView shows preflight steps before the journal's first record", () => {
  const records = simulate();
  const [header] = records;
  assert(header.kind === "run");
  for (const is_terminal of [false, true]) {
    const texts: string[] = [];
    const screen = { is_terminal, columns: 80, write: (text: string) => void texts.push(text) };
    const view = new LiveView(header.plan, screen);
    view.step("starting data_server", 1_200);
    view.step("reading the source", 4_300);
    const before = texts.join("");
    for (const record of records) view.see(record);
    if (is_terminal) {
      assert(before.includes("▶ preflight 4.3 s: reading the source · baseline"), before);
      assert(!texts.at(-1)!.includes("reading"), "gone with the preflight");
      continue;
    }
    assertEquals(
      before,
      "   0.0 s  preflight of outage (quick)\n" +
        "   1.2 s    starting data_server\n   4.3 s    reading the source\n",
    );
    const after = texts.join("").slice(before.length);
    assert(after.startsWith("   4.3 s  outage (quick): metrics_server, "), after);
    assert(!after.includes("preflight"), "is shown once");
  }
});

Deno.test("LiveView shows the error of a fault that failed to go on", () => {
  const plan = scenarioNamed("outage")!.plan();
  const texts: string[] = [];
  const view = new LiveView(plan, {
    is_terminal: false,
    columns: 80,
    write: (text) => void texts.push(text),
  });
  const error = "Toxiproxy does not answer";
  view.see({ t_ms: 10_000, kind: "fault", id: "1-tcp.refuse", action: "on", took_ms: 5, error });
  assertEquals(texts, ["  10.0 s    1-tcp.refuse: Toxiproxy does not answer\n"]);
});

Deno.test("LiveView reports that no engine was started", () => {
  const [header] = simulate();
  assert(header.kind === "run");
  const run = { ...header, engines: { ...header.engines, tcp: NOT_STARTED } };
  const lines: string[] = [];
  const screen = {
    is_terminal: false,
    columns: 80,
    write: (text: string) => void lines.push(text),
  };
  new LiveView(header.plan, screen).see(run);
  assert(lines[0].includes(", no engine was started, load by "), lines[0]);
});
