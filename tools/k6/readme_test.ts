/** The runner's README: its commands, run. */
import { assert, assertEquals } from "@std/assert";
import deno_json from "../../deno.json" with { type: "json" };
import { serveTelemetry } from "../../bench/k6/testing/telemetry.ts";
import { taskCommand } from "../processes/mod.ts";
import { EXIT_CODES } from "./exit_codes.ts";
import { EXACT_SAMPLES_MAX, HISTOGRAM_ERROR_MAX } from "./metrics/trend_sink.ts";

const ROOT = `${import.meta.dirname}/../../`;
const README = await Deno.readTextFile(new URL("README.md", import.meta.url));
const COMMANDS = [...README.matchAll(/^deno task (\S+)(.*?)(?: {2,}#.*)?$/gm)]
  .map(([, task, words]) => ({ task, words: words.trim().split(/\s+/) }));

Deno.test("every task the runner's README names is there", () => {
  assert(COMMANDS.length >= 7, String(COMMANDS.length));
  for (const { task } of COMMANDS) assert(task in deno_json.tasks, task);
});

Deno.test("every `deno task k6` of the runner's README runs to its end", async () => {
  const server = serveTelemetry(500);
  const dir = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${dir}/out`);
    await Deno.symlink(`${ROOT}bench`, `${dir}/bench`);
    const program = taskCommand(deno_json.tasks.k6).args.map((one) =>
      one.endsWith(".ts") ? ROOT + one : one
    );
    const at_server = ["-e", `BASE_URL=http://127.0.0.1:${server.addr.port}`];
    const runs = COMMANDS.filter(({ task }) => task === "k6").map(async ({ words }) => {
      const script = words.at(-1)!;
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [program[0], `--config=${ROOT}deno.json`, ...program.slice(1)]
          .concat(words.slice(0, -1), at_server, script),
        cwd: dir,
        // What is tested is the command, not this machine.
        env: { DURATION: "1s", P95_MS: "5000", P99_MS: "5000", VUS: "20", RATE: "100" },
      }).output();
      const text = new TextDecoder();
      const told = words.join(" ") + text.decode(stdout) + text.decode(stderr);
      // A busy machine may miss a threshold.
      assert(code === EXIT_CODES.ok || code === EXIT_CODES.thresholds_failed, told);
    });
    assert(runs.length >= 4);
    await Promise.all(runs);
    assert((await Deno.stat(`${dir}/out/samples.json`)).size > 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
    await server.shutdown();
  }
});

Deno.test("the runner's README tells every exit code, and how exact percentiles are", () => {
  const told = [...README.matchAll(/^\| (\d+(?:, \d+)?) +\|/gm)].flatMap(([, codes]) =>
    codes.split(", ").map(Number)
  );
  assertEquals(told.sort((a, b) => a - b), Object.values(EXIT_CODES).sort((a, b) => a - b));
  assert(README.includes(`exact up to ${EXACT_SAMPLES_MAX.toLocaleString("en")} samples`));
  assert(README.includes(`most 1/${1 / HISTOGRAM_ERROR_MAX}`));
});
