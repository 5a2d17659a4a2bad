/** `.ci/run`, whose `step` is read out of it and run alone. */
import { assert, assertEquals } from "@std/assert";

const SCRIPT = Deno.readTextFileSync(new URL("../.ci/run", import.meta.url));

Deno.test({
  name: "step of .ci/run counts a command by its exit code, and tells that of one that failed",
  ignore: Deno.build.os === "windows",
  async fn() {
    const step = /^step\(\) \{$[^]*?^\}$/m.exec(SCRIPT)?.[0];
    assert(step !== undefined, "no function step in .ci/run");
    const { stdout } = await new Deno.Command("bash", {
      args: [
        "-uc",
        `passed=0 failed=0 STEP_SECONDS_MAX=10; say() { :; }; ${step}
         step good true; step bad sh -c "exit 3"; echo "$passed passed, $failed failed"`,
      ],
    }).output();
    assertEquals(
      new TextDecoder().decode(stdout),
      "FAILED: bad (exit code 3)\n1 passed, 1 failed\n",
    );
  },
});

Deno.test({
  name: "verdict_step of .ci/run counts no verdict as skipped, never as passed",
  ignore: Deno.build.os === "windows",
  async fn() {
    const functions = ["verdict_step", "skip"].map((name) =>
      new RegExp(`^${name}\\(\\) \\{$[^]*?^\\}$`, "m").exec(SCRIPT)?.[0]
    );
    const { stdout } = await new Deno.Command("bash", {
      args: [
        "-uc",
        `passed=0 failed=0 skipped=0 VERDICT_SECONDS_MAX=1; say() { echo "$1"; }; ${
          functions.join("\n")
        }
         verdict_step a true; verdict_step b sh -c "exit 2"; verdict_step c sh -c "exit 1"; verdict_step d sleep 9
         echo "$passed passed, $failed failed, $skipped skipped"`,
      ],
    }).output();
    assertEquals(new TextDecoder().decode(stdout).split("\n"), [
      "a",
      "b",
      "SKIPPED: b came to no verdict here: not proven",
      "c",
      "FAILED: c (exit code 1)",
      "d",
      "SKIPPED: d came to no verdict here: not proven",
      "1 passed, 1 failed, 2 skipped",
      "",
    ]);
  },
});

Deno.test(".ci/run runs each part of the task ok on its own, so that none hides another", async () => {
  const { default: deno_json } = await import("../deno.json", { with: { type: "json" } });
  for (const part of deno_json.tasks.ok.command.split(" && ")) {
    const pattern = new RegExp(`^(step .*|timeout .*) ${part}( |$)`, "m");
    assert(pattern.test(SCRIPT), `no step for ${part}`);
  }
});
