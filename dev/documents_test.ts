/** The documents' commands, run; their tables of events and paths, checked against the code. */
import { assert, assertEquals } from "@std/assert";
import { parseInvocation } from "../tools/k6/mod.ts";
import { EVENT_FIELDS, POLL_CAUSES } from "../contracts/mod.ts";
import { SPEC as DATA_SPEC } from "../data_server/mod.ts";
import deno_json from "../deno.json" with { type: "json" };
import { METRICS_SERVER_SPEC } from "../metrics_server/mod.ts";
import { canRun, runProcess } from "../tools/processes/mod.ts";
import { shapeDifferences } from "./answer_shape.ts";
import { startDev } from "./dev_process.ts";
import { commands, requests, tour } from "./documents.ts";
import { listFiles } from "./prose.ts";
import { pointedAt } from "./curl.ts";

/** Documents whose commands are run or checked here. */
const DOCUMENTS = new Map(
  ["README.md", "CONTRIBUTING.md", "docs/reference.md", "docs/operations.md", "docs/performance.md"]
    .map((path) => [path, Deno.readTextFileSync(new URL(`../${path}`, import.meta.url))]),
);

const README = DOCUMENTS.get("README.md")!;
const REFERENCE = DOCUMENTS.get("docs/reference.md")!;

/** The task names of commands that other tests, this suite itself or `.ci/run` run. */
const RUN_ELSEWHERE = new Set(
  ("test test:simulated test:system fuzz ok rehearse demo docs bench:serve doctor gate gate:proof soak " +
    "chaos:outage chaos:proof dev:cluster").split(" "),
);

/** Tests that parse these commands with the program's own parser. */
const PARSED_BY: Record<string, string> = {
  "deno task gate": "bench/gate/options_test.ts",
  "deno task chaos": "chaos/readme_test.ts",
};

/** Commands with arguments: the program's own tests run them; here, the script must exist. */
const SCRIPT_OF: Record<string, (args: string[]) => string> = {
  "deno task k6": (args) => parseInvocation(args, {}).file,
  "k6": (args) => parseInvocation(args, {}).file,
  "deno task load": ([profile]) => `bench/k6/${profile}.js`,
};

/** The program of a command and its arguments, if it has any. */
function withArguments(command: string): { program: string; args: string[] } | null {
  const words = command.split(" ");
  const program = words.slice(0, words[0] === "deno" ? 3 : 1).join(" ");
  const args = words.slice(program.split(" ").length);
  return (program in SCRIPT_OF || program in PARSED_BY) && args.length > 0
    ? { program, args }
    : null;
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

const COMMANDS = [...DOCUMENTS.values()].flatMap(commands);
const TASK_COMMANDS = COMMANDS.map(taskCommand).filter((command) => command !== null);

/** `deploy/overlays_test.ts` builds them. */
const OVERLAYS = ["single", "replicas", "shards"]
  .map((overlay) => `kubectl apply -k deploy/kubernetes/${overlay}`);
/** `e2e/hostile/front_door_test.ts` runs it, with a certificate. */
const FRONT_DOOR = / haproxy -W -f deploy\/haproxy\/front_door\.cfg$/;

Deno.test("a test runs every command of the documents", () => {
  const requested = [...DOCUMENTS.values()].flatMap(requests).map(({ command }) => command);
  const others = COMMANDS.filter((command) =>
    taskCommand(command) === null && withArguments(command) === null &&
    !requested.includes(command) && !/\bdocker compose /.test(command) &&
    !OVERLAYS.includes(command) && !FRONT_DOOR.test(command)
  );
  assertEquals(others, []);
});

for (const command of new Set(COMMANDS)) {
  const found = withArguments(command);
  if (found === null) continue;
  Deno.test(`documents: ${command} is understood`, () => {
    const { program, args } = found;
    const test = PARSED_BY[program];
    if (test === undefined) Deno.statSync(SCRIPT_OF[program](args));
    else {assert(
        Deno.readTextFileSync(test).includes(`${program} (.`),
        `${test} reads no documents`,
      );}
  });
}

Deno.test("every task and variable that any document names exists", async () => {
  const pages = (await listFiles(["*.md"])).map((file) => Deno.readTextFileSync(file));
  assert(pages.length > DOCUMENTS.size);
  const named = pages.flatMap((text) => [
    ...text.matchAll(/(?:`|^)(?:[A-Z_]+=\S+ )*deno task ([\w:]+)/gm),
  ]).map(([, name]) => name);
  for (const name of [...named, ...TASK_COMMANDS.map(({ task }) => task)]) {
    assert(name in deno_json.tasks, `deno task ${name}`);
  }
  for (const { env } of TASK_COMMANDS) {
    assertEquals(Object.keys(env).filter((name) => !VARIABLES.has(name)), []);
  }
});

const STARTS = new Map(
  TASK_COMMANDS.filter(({ task }) => !RUN_ELSEWHERE.has(task)).map(({ env, task }) => [
    [...Object.entries(env).map((pair) => pair.join("=")), `deno task ${task}`].join(" "),
    { env, task },
  ]),
);

for (const [shown, { env, task }] of STARTS) {
  Deno.test(`documents: ${shown} starts and stops with exit code 0`, async () => {
    const ports: Record<string, string> = task === "dev" ? {} : { PORT: "0" };
    await using started = startDev({ ...ports, ...env }, task as "dev" | "data" | "metrics");
    const services = { dev: ["data_server", "metrics_server"], metrics: ["metrics_server"] }[task];
    for (const service of services ?? ["data_server"]) await started.url(service);
    started.kill("SIGTERM");
    assertEquals((await started.ended).code, 0);
  });
}

Deno.test({
  name: "documents: every curl answers in the documented shape (needs curl)",
  ignore: !canRun(["curl", "--version"]),
  async fn(t) {
    await using dev = startDev();
    const urls = {
      data_server: await dev.url("data_server"),
      metrics_server: await dev.url("metrics_server"),
    };
    await dev.log.wait("poll.run");
    assert(tour(README).length >= 6);
    for (const { command, answer } of [...DOCUMENTS.values()].flatMap(requests)) {
      await t.step(command, async () => {
        const curl = pointedAt(command.replace(/^curl /, "curl -sS "), urls);
        const { stdout, stderr } = await runProcess(["sh", "-c", curl]);
        assertEquals(stderr, "");
        assertEquals(shapeDifferences(answer, stdout), []);
      });
    }
  },
});

Deno.test("reference: the table of events has every event with its fields, in their order", () => {
  const rows = [
    ...REFERENCE.matchAll(
      /^\| `([a-z_.]+)` +\| (?:both|data_server|metrics_server) +\|([^|]*)\|/gm,
    ),
  ]
    .map(([, event, fields]) => [event, [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name)]);
  assertEquals(
    Object.fromEntries(rows),
    Object.fromEntries(Object.entries(EVENT_FIELDS).map(([event, fields]) => [event, [...fields]])),
  );
});

Deno.test("documents: relative links and the paths in CONTRIBUTING.md exist", () => {
  for (const [path, text] of DOCUMENTS) {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, link]) => link);
    const base = new URL(`../${path}`, import.meta.url);
    for (const link of links) Deno.statSync(new URL(link.replace(/#.*/, ""), base));
  }
  const paths = [...DOCUMENTS.get("CONTRIBUTING.md")!.matchAll(/`((?:\w+\/)+[\w.]*)`/g)]
    .map(([, path]) => path);
  assert(paths.length >= 20, `${paths.length} paths`);
  for (const path of paths) Deno.statSync(new URL(`../${path}`, import.meta.url));
});

Deno.test("CONTRIBUTING: each answer's file has the name to look for", () => {
  const rows = [...DOCUMENTS.get("CONTRIBUTING.md")!.matchAll(/^\| Wh.*$/gm)].map(([row]) => row);
  assertEquals(rows.length, 15);
  for (const row of rows) {
    const [, path, name] = /`([\w/]+\.\w+)`(?:, `[^`]+`)?: `([^`]+)`/.exec(row) ?? [];
    if (path === undefined) continue;
    const paths = [...row.matchAll(/`([\w/]+\.\w+)`/g)].map(([, found]) => found);
    const found = paths.some((one) => Deno.readTextFileSync(one).includes(name));
    assert(found, `${path} has no ${name}`);
  }
});

Deno.test("reference: the table of poll causes has every cause, in the order of the code", () => {
  const table = /^\| Cause \| Meaning \|\n(.*\n)*?\n/m.exec(REFERENCE)![0];
  const causes = [...table.matchAll(/^\| `(\w+)` \| \S/gm)].map(([, cause]) => cause);
  assertEquals(causes, [...POLL_CAUSES]);
});

Deno.test("README has at most 250 lines", () => {
  assert(README.split("\n").length <= 251);
});
