import { assertEquals } from "@std/assert";
import { runScript } from "../testing/run_script.ts";

const SCRIPT = (options: unknown) => `
  import exec from "k6/execution";
  export const options = ${JSON.stringify(options)};
  export default function () {
    const { iterations, rps, batch, userAgent } = exec.test.options;
    console.log([iterations, rps, batch, userAgent].join());
  }`;

Deno.test("a flag goes before a variable, that before the script, that before the config file", async () => {
  const { stderr } = await runScript(SCRIPT({ iterations: 1, rps: 2, batch: 2 }), {
    files: {
      "config.json": JSON.stringify({ rps: 1, batch: 1, userAgent: "config", iterations: 9 }),
    },
    env: { K6_RPS: "3", K6_BATCH: "3" },
    args: ["-c", "config.json", "--rps", "4"],
  });
  assertEquals(stderr.trim(), "INFO[0000] 1,4,3,config");
});
