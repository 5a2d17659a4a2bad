import { assert, assertEquals, assertLess } from "@std/assert";
import deno_json from "../deno.json" with { type: "json" };
import { runProcess, taskCommand } from "../tools/processes/mod.ts";
import { tour } from "./documents.ts";

/** Longest time the demo may take. */
const DEMO_MS_MAX = 20_000;

Deno.test("demo shows every step of the tour in the documented shape, an outage and the recovery", async () => {
  const started_ms = performance.now();
  const { args } = taskCommand(deno_json.tasks.demo);
  const { code, stdout: output, stderr } = await runProcess([Deno.execPath(), ...args], {
    cwd: new URL("..", import.meta.url),
    env: { NO_COLOR: "1" },
  });
  assertLess(performance.now() - started_ms, DEMO_MS_MAX);
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
