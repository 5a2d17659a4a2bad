/** The functions of `.ci/run`, each run alone. */
import { assert, assertEquals } from "@std/assert";
import { runProcess } from "../tools/processes/mod.ts";

const SCRIPT = Deno.readTextFileSync(new URL("../.ci/run", import.meta.url));

function functionOf(name: string): string {
  const text = new RegExp(`^${name}\\(\\) \\{$[^]*?^\\}$`, "m").exec(SCRIPT)?.[0];
  assert(text !== undefined, `no function ${name} in .ci/run`);
  return text;
}

Deno.test({
  name: ".ci/run: step counts a command by its exit code and names a failed one",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { stdout } = await runProcess([
      ...["bash", "-uc"],
      `passed=0 failed=0 STEP_SECONDS_MAX=10; say() { :; }; ${functionOf("step")}
         step good true; step bad sh -c "exit 3"; echo "$passed passed, $failed failed"`,
    ]);
    assertEquals(
      stdout,
      "FAILED: bad (exit code 3)\n1 passed, 1 failed\n",
    );
  },
});

Deno.test({
  name: ".ci/run: verdict_step counts no verdict as skipped, never as passed",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { stdout } = await runProcess([
      ...["bash", "-uc"],
      `passed=0 failed=0 skipped=0 VERDICT_SECONDS_MAX=1 ALL_SECONDS_MAX=60; say() { echo "$1"; }; ${
        ["verdict_step", "skip"].map(functionOf).join("\n")
      }
         verdict_step a true; verdict_step b sh -c "exit 2"; verdict_step c sh -c "exit 1"; verdict_step d sleep 9
         ALL_SECONDS_MAX=0 VERDICT_SECONDS_MAX=60; verdict_step e sleep 9
         echo "$passed passed, $failed failed, $skipped skipped"`,
    ]);
    assertEquals(stdout.split("\n"), [
      "a",
      "b",
      "SKIPPED: b had no verdict here: not proven",
      "c",
      "FAILED: c (exit code 1)",
      "d",
      "SKIPPED: d had no verdict here: not proven",
      "e",
      "SKIPPED: e had no verdict here: not proven",
      "1 passed, 1 failed, 3 skipped",
      "",
    ]);
  },
});

Deno.test({
  name: ".ci/run: test_step adds the numbers of each test run; a run without any has failed",
  ignore: Deno.build.os === "windows",
  async fn() {
    const run = (line: string, code: number) => `sh -c 'echo "${line}"; exit ${code}'`;
    const { stdout } = await runProcess([
      ...["bash", "-uo", "pipefail", "-c"],
      `passed=0 failed=0 skipped=0 STEP_SECONDS_MAX=10 work=$(mktemp -d); say() { :; }; ${
        functionOf("test_step")
      }
         test_step good ${run("ok | 9 passed (8 steps) | 0 failed | 1 ignored (2s)", 0)} >/dev/null
         test_step open ${
        run("ok | 1 passed (1 step) | 0 failed | 0 ignored (3 steps) (2s)", 0)
      } >/dev/null
         test_step two ${
        run("ok | 2 passed | 0 failed (1s)\\nok | 3 passed | 0 failed (1s)", 0)
      } >/dev/null
         test_step bad ${run("FAILED | 7 passed | 2 failed (1m2s)", 1)} | tail -n 1
         test_step bad ${run("FAILED | 7 passed | 2 failed (1m2s)", 1)} >/dev/null
         test_step late ${run("ok | 1 passed | 0 failed (1s)", 124)} >/dev/null
         test_step none ${run("error: no such task", 0)} >/dev/null
         echo "$passed passed, $failed failed, $skipped skipped"; rm -r "$work"`,
    ]);
    assertEquals(
      stdout,
      "FAILED: bad (exit code 1)\n23 passed, 4 failed, 4 skipped\n",
    );
  },
});

Deno.test(".ci/run runs each part of the task ok on its own", async () => {
  const { default: deno_json } = await import("../deno.json", { with: { type: "json" } });
  const [, steps] = deno_json.tasks.ok.command.split(" dev/steps.ts ");
  const parts = [...steps.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word);
  assert(parts.length > 1, steps);
  for (const part of parts) {
    const pattern = new RegExp(`^(test_)?step .* deno ${part}( |$)`, "m");
    assert(pattern.test(SCRIPT), `no step for deno ${part}`);
  }
});

const WORKFLOWS = new URL("../.github/workflows/", import.meta.url);

for (const { name } of Deno.readDirSync(WORKFLOWS)) {
  Deno.test(`${name} pins every action by commit and names its version`, () => {
    const workflow = Deno.readTextFileSync(new URL(name, WORKFLOWS));
    const uses = [...workflow.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    assert(uses.length > 0);
    assertEquals(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d/.test(action)), []);
  });

  Deno.test(`${name} starts only tasks that exist`, async () => {
    const { default: deno_json } = await import("../deno.json", { with: { type: "json" } });
    const workflow = Deno.readTextFileSync(new URL(name, WORKFLOWS));
    const started = [...workflow.matchAll(/run: deno task ([\w:]+)/g)].map(([, task]) => task);
    assertEquals(started.filter((task) => !(task in deno_json.tasks)), []);
  });
}
