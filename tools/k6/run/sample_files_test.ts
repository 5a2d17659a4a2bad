import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT_CODES } from "../exit_codes.ts";
import { OUTPUT_LATER_MS } from "../output/mod.ts";
import { KEEP_SUMMARY, runScript } from "../testing/run_script.ts";

const SCRIPT = `
  export const options = { iterations: 3, thresholds: { iterations: ["count>1000"] } };
  export default () => new Promise((wake) => globalThis.setTimeout(wake, ${2 * OUTPUT_LATER_MS}));
  export function teardown() { console.log("torn down"); }
  ${KEEP_SUMMARY}`;

Deno.test("--out that can no longer be written is told once; the run goes on to its end and exits 255", async () => {
  let writes = 0, closed = 0;
  const { code, stderr, summary } = await runScript(SCRIPT, {
    args: ["--out", "json=full.json"],
    openForWriting: () => ({
      write() {
        writes++;
        throw new Error("No space left on device");
      },
      close: () => closed++,
    }),
  });
  assertEquals([code, writes, closed], [EXIT_CODES.other_error, 1, 1]);
  assertEquals(stderr.match(/--out json=full\.json: .*No space left on device; .*/g)?.length, 1);
  assertStringIncludes(stderr, "torn down");
  assertEquals(summary!.metrics.iterations.values.count, 3);
});

Deno.test("--out that cannot be written does not keep another one from its samples", async () => {
  let good = "";
  const { code } = await runScript(SCRIPT, {
    args: ["--out", "json=full.json", "--out", "json=good.json"],
    openForWriting: (path) => ({
      write(text) {
        if (path === "full.json") throw new Error("No space left on device");
        good += text;
      },
      close() {},
    }),
  });
  assertEquals(code, EXIT_CODES.other_error);
  assertEquals(good.match(/"metric":"iterations","type":"Point"/g)?.length, 3);
});

Deno.test("--out that cannot be opened exits 104 before anything runs, in a line that names the file", async () => {
  let closed = 0;
  const { code, stdout, stderr } = await runScript(SCRIPT, {
    args: ["--out", "json=good.json", "--out", "json=no/such.json"],
    openForWriting(path) {
      if (path === "no/such.json") throw new Deno.errors.NotFound("No such file or directory");
      return { write() {}, close: () => closed++ };
    },
  });
  assertEquals([code, stdout, closed], [EXIT_CODES.invalid_config, "", 1]);
  assertEquals(stderr.trim().split("\n").length, 1);
  assertStringIncludes(
    stderr,
    "--out json=no/such.json: must be a file that can be written: No such",
  );
  assertStringIncludes(stderr, "make its folder, or name another file");
  assert(!stderr.includes("torn down"));
});
