/** The README's commands, run; what it says of events, checked against the code. */
import { assert, assertEquals } from "@std/assert";
import { parseGateOptions } from "../bench/gate/options.ts";
import { parseInvocation } from "../tools/k6/mod.ts";
import { readArguments } from "../chaos/cli/arguments.ts";
import { EVENT_FIELDS } from "../contracts/mod.ts";
import { SPEC as DATA_SPEC } from "../data_server/mod.ts";
import deno_json from "../deno.json" with { type: "json" };
import { METRICS_SERVER_SPEC } from "../metrics_server/mod.ts";
import { shapeDifferences } from "./answer_shape.ts";
import { startDev } from "./dev_process.ts";
import { commands, tour } from "./readme.ts";
import { pointedAt } from "./run_curl.ts";

const README = Deno.readTextFileSync(new URL("../README.md", import.meta.url));

/** Tasks that are run elsewhere: by their own test, as part of this suite, or by .ci/run. */
const RUN_ELSEWHERE = [
  "test",
  "ok",
  "rehearse",
  "demo",
  "smoke",
  "docs",
  "bench:parse",
  "bench:serve",
  "doctor",
  "test:browser",
  "test:lab",
  "test:prometheus",
  "test:contract",
  "gate",
  "gate:proof",
  "check:k6",
  "chaos:outage",
];

/** Commands with arguments are run by tests of these programs; here, that they are understood. */
const UNDERSTOOD_BY: Record<string, (args: string[]) => unknown> = {
  "deno task k6": (args) => parsedScript(args),
  "k6": (args) => parsedScript(args),
  "deno task load": ([profile]) => Deno.statSync(`bench/k6/${profile}.js`),
  "deno task gate": (args) => parseGateOptions(args),
  "deno task chaos": (args) => readArguments(args),
};

/** Throws where the command line is wrong or the script is not there. */
function parsedScript(args: string[]): unknown {
  return Deno.statSync(parseInvocation(args, {}).file);
}

/** The program of {@link UNDERSTOOD_BY} and what it is given; null for another command. */
function withArguments(command: string): { program: string; args: string[] } | null {
  const words = command.split(" ");
  const program = words.slice(0, words[0] === "deno" ? 3 : 1).join(" ");
  const args = words.slice(program.split(" ").length);
  return program in UNDERSTOOD_BY && args.length > 0 ? { program, args } : null;
}

const VARIABLES = new Set([
  ...Object.keys(DATA_SPEC),
  ...Object.keys(METRICS_SERVER_SPEC),
  "DATA_PORT",
  "METRICS_PORT",
]);

interface TaskCommand {
  env: Record<string, string>;
  task: string;
}

/** `NAME=value … deno task NAME`, with Deno installed or by npx; null for another command. */
function taskCommand(command: string): TaskCommand | null {
  const match = /^((?:[A-Z_0-9]+=\S+ )*)(?:npx -y deno@2\.9\.6|deno) task ([\w:]+)$/.exec(command);
  if (match === null) return null;
  const pairs = match[1].trim().split(" ").filter((pair) => pair !== "");
  return { env: Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/))), task: match[2] };
}

const TASK_COMMANDS = commands(README).map(taskCommand).filter((command) => command !== null);

Deno.test("every command of the README is one that a test runs", () => {
  const toured = new Set(tour(README).map(({ command }) => command));
  const others = commands(README).filter((command) =>
    taskCommand(command) === null && withArguments(command) === null && !toured.has(command) &&
    !/\bdocker compose /.test(command)
  );
  assertEquals(others, []);
});

for (const command of commands(README)) {
  const found = withArguments(command);
  if (found === null) continue;
  Deno.test(`README: ${command} is understood`, () => {
    UNDERSTOOD_BY[found.program](found.args);
  });
}

Deno.test("every task the README names is there, with variables that are there", () => {
  const named = [...README.matchAll(/`(?:[A-Z_]+=\S+ )*deno task ([\w:]+)`/g)].map(([, name]) =>
    name
  );
  for (const name of [...named, ...TASK_COMMANDS.map(({ task }) => task)]) {
    assert(name in deno_json.tasks, `deno task ${name}`);
  }
  for (const { env } of TASK_COMMANDS) {
    assertEquals(Object.keys(env).filter((name) => !VARIABLES.has(name)), []);
  }
});

const STARTS = TASK_COMMANDS.filter(({ task }) => !RUN_ELSEWHERE.includes(task));

for (const { env, task } of STARTS) {
  const shown = [...Object.entries(env).map((pair) => pair.join("=")), `deno task ${task}`].join(
    " ",
  );
  Deno.test(`README: ${shown} starts and stops with exit code 0`, async () => {
    const ports: Record<string, string> = task === "dev" ? {} : { PORT: "0" };
    await using started = startDev({ ...ports, ...env }, task as "dev" | "data" | "metrics");
    const services = { dev: ["data_server", "metrics_server"], metrics: ["metrics_server"] }[task];
    for (const service of services ?? ["data_server"]) await started.log.url(service);
    started.kill("SIGTERM");
    assertEquals((await started.ended).code, 0);
  });
}

const HAS_CURL = hasProgram("curl");

Deno.test({
  name: "README: every curl of the tour answers in the documented shape (needs curl)",
  ignore: !HAS_CURL,
  async fn(t) {
    await using dev = startDev();
    const urls = {
      data_server: await dev.log.url("data_server"),
      metrics_server: await dev.log.url("metrics_server"),
    };
    await dev.log.event((e) => e.event === "poll.run");
    for (const { command, answer } of tour(README)) {
      await t.step(command, async () => {
        const shell = new Deno.Command("sh", {
          args: ["-c", pointedAt(command.replace(/^curl /, "curl -sS "), urls)],
        });
        const { stdout, stderr } = await shell.output();
        assertEquals(new TextDecoder().decode(stderr), "");
        assertEquals(shapeDifferences(answer, new TextDecoder().decode(stdout)), []);
      });
    }
  },
});

Deno.test("README: the table of events names every event with its fields, in their order", () => {
  const rows = [
    ...README.matchAll(/^\| `([a-z_.]+)` +\| (?:both|data_server|metrics_server) +\|([^|]*)\|/gm),
  ]
    .map(([, event, fields]) => [event, [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name)]);
  assertEquals(
    Object.fromEntries(rows),
    Object.fromEntries(Object.entries(EVENT_FIELDS).map(([event, fields]) => [event, [...fields]])),
  );
});

Deno.test("README: relative links lead to files that are there", () => {
  const links = [...README.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path]) => path);
  assert(links.length > 0);
  for (const path of links) Deno.statSync(new URL(`../${path}`, import.meta.url));
});

function hasProgram(name: string): boolean {
  try {
    new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch {
    return false;
  }
}
