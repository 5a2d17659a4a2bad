import { assertEquals } from "@std/assert";
import { runModule } from "../testing/run_module.ts";

Deno.test("exitWithUsage writes one line to stderr, nothing to stdout, and exits with 78", async () => {
  const { code, stdout, stderr } = await runModule("testing/exit_with_usage.ts", {
    args: ["PORT=99999: must be 0–65535"],
  });
  assertEquals({ code, stdout, stderr }, {
    code: 78,
    stdout: "",
    stderr: "PORT=99999: must be 0–65535\n",
  });
});
