import { assert, assertEquals, assertLess } from "@std/assert";
import deno_json from "../deno.json" with { type: "json" };
import { runProcess, taskCommand } from "../tools/processes/mod.ts";
import { calmClock } from "../tools/verdict/mod.ts";
import { tour } from "./documents.ts";

/** Longest time the demo may take. */
const DEMO_MS_MAX = 20_000;

function demo(...args: string[]) {
  const task = taskCommand(deno_json.tasks.demo);
  return runProcess([Deno.execPath(), ...task.args, ...args], {
    cwd: new URL("..", import.meta.url),
    env: { NO_COLOR: "1" },
  });
}

Deno.test("demo --help prints the usage and starts nothing", async () => {
  const { code, stdout, stderr } = await demo("--help");
  assertEquals([code, stderr], [0, ""]);
  assert(stdout.startsWith("Runs the README's tour") && !stdout.includes("listens"), stdout);
});

Deno.test("demo shows every step of the tour in the documented shape, an outage and the recovery", async () => {
  const elapsed_ms = calmClock();
  const { code, stdout: output, stderr } = await demo();
  assertLess(elapsed_ms(), DEMO_MS_MAX);
  assertEquals(code, 0, output + stderr);

  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  for (const { title } of tour(readme)) assert(output.includes(`# ${title}\n$ curl `), title);

  const outage = output.slice(output.indexOf("# The source is stopped"));
  const ages_ms = [...outage.matchAll(/"age_ms":(\d+)/g)].map(([, age]) => Number(age));
  assertEquals(ages_ms.length, 4);
  const [first, second, third, recovered] = ages_ms;
  assert(first < second && second < third && recovered < third, ages_ms.join());
  assert(outage.includes('"failures_by_cause":{"refused":'), outage);
  assert(outage.includes("# Every answer is as the README says"), outage);
});
