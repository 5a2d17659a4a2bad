/** The tasks of deno.json, checked against what they start. */
import { assert, assertEquals } from "@std/assert";
import deno_json from "../deno.json" with { type: "json" };
import deno_jsr_json from "../deno.jsr.json" with { type: "json" };
import { flagList, taskCommand } from "../tools/processes/mod.ts";

/** Values of a flag, sorted. */
function list(words: readonly string[], flag: string): string[] | null | undefined {
  const found = flagList(words, flag);
  return found && found.sort();
}

const STARTED = {
  dev: {
    main: "dev/launch.ts",
    read: [".env"],
    write: undefined,
    net: undefined,
    run: null,
  },
  "dev:cluster": {
    main: "dev/launch.ts cluster",
    read: [".env"],
    // Its temporary folder, wherever that is.
    write: null,
    net: ["127.0.0.1"],
    run: null,
  },
  data: {
    main: "data_server/main.ts",
    read: [".env", "platform/log"],
    write: undefined,
    net: null,
    run: undefined,
  },
  metrics: {
    main: "metrics_server/main.ts",
    read: [".env", "contracts", "metrics_server", "platform", "secrets", "state"],
    write: ["state"],
    net: null,
    run: undefined,
  },
} as const;

/** For SERVE_THREADS, permissions of workers, and signals that report leaving clients only. */
const UNSTABLE: Record<string, string[]> = {
  metrics: ["--unstable-net", "--unstable-worker-options"],
  data: ["--unstable-no-legacy-abort", "--unstable-worker-options"],
};

for (const [name, { main, read, write, net, run }] of Object.entries(STARTED)) {
  const words = taskCommand(deno_json.tasks[name as keyof typeof STARTED]).args;

  Deno.test(`task ${name} is allowed what it needs and nothing else`, () => {
    assertEquals(words.slice(-main.split(" ").length).join(" "), main);
    const allowed = words.filter((word) => word.startsWith("--allow") || word.startsWith("-"));
    const known = ["--allow-env", "--allow-read", "--allow-net", "--allow-run", "--allow-write"];
    const others = allowed.filter((word) => !known.some((flag) => word.split("=")[0] === flag));
    assertEquals(others, ["--no-prompt", ...UNSTABLE[name] ?? []]);
    assertEquals(list(words, "--allow-read"), [...read]);
    assertEquals(list(words, "--allow-write"), write && [...write]);
    assertEquals(list(words, "--allow-net"), net && [...net]);
    assertEquals(list(words, "--allow-run"), run);
    // Every variable, to find misspelled ones; the services give it up after reading.
    assertEquals(list(words, "--allow-env"), null);
  });
}

Deno.test("every task has a description and starts a file that exists", () => {
  for (const [name, { description, command }] of Object.entries(deno_json.tasks)) {
    assert(description.length > 0, name);
    for (const file of command.match(/(?<=\s)[\w/.]+\.ts\b/g) ?? []) {
      assert(Deno.statSync(new URL(`../${file}`, import.meta.url)).isFile, `${name}: ${file}`);
    }
  }
});

Deno.test("deno.jsr.json is deno.json without the links to the stand-ins and without tasks", () => {
  const { links, tasks, ...rest } = deno_json;
  assert(links.length > 0 && Object.keys(tasks).length > 0);
  assertEquals(deno_jsr_json as unknown, rest);
});

/** The words of a task that runs tests, behind what it sets in the environment. */
function testArguments(task: "test" | "test:jsr"): readonly string[] {
  return taskCommand(deno_json.tasks[task].command.replace(/^DENO_JOBS=\d+ /, "")).args;
}

Deno.test("test:jsr runs what test runs, with deno.jsr.json", () => {
  const words = testArguments("test:jsr");
  assertEquals(
    words.filter((word) => word !== "--config=deno.jsr.json"),
    // deno.lock belongs to the stand-ins.
    testArguments("test").filter((word) => !/^--(lock=|frozen)/.test(word)),
  );
  assert(words.includes("--config=deno.jsr.json"));
});

Deno.test("what test leaves out is what rehearse and test:system run", () => {
  const left_out = list(testArguments("test"), "--ignore") ?? [];
  const { "rehearse": rehearse, "test:system": system } = deno_json.tasks;
  const paths = `${rehearse.command} ${system.command}`.match(/\b(deploy|chaos|e2e)\/[^\s"]*/g) ??
    [];
  assertEquals(left_out, paths.map((path) => path.replace(/\/$/, "")).sort());
  for (const path of left_out) assert(Deno.statSync(new URL(`../${path}`, import.meta.url)), path);
});

/** Tasks that documents, other projects and habits rely on. */
const PROMISED =
  "dev dev:cluster data metrics demo test ok doctor gate load k6 chaos chaos:outage chaos:latency chaos:resets chaos:storm chaos:ci toxiproxy toxiproxy:install rehearse";

Deno.test("deno task lists the promised tasks, at most 29, grouped by what they are for", () => {
  const tasks = Object.entries(deno_json.tasks);
  // The 29th is `fuzz`: test:simulated draws faults in virtual time, not inputs.
  assert(tasks.length <= 29, `${tasks.length} tasks`);
  for (const name of PROMISED.split(" ")) assert(name in deno_json.tasks, name);
  const groups = tasks.map(([, { description }]) => description.split(": ")[0]);
  assertEquals(
    groups.filter((group, i) => group !== groups[i - 1]),
    ["Run", "Test", "Load", "Chaos", "Tools"],
  );
});
