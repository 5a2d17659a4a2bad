import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { EXIT_CODES } from "../exit_codes.ts";
import { KEEP_SUMMARY, runScript } from "../testing/run_script.ts";

const SCRIPT = `
  export const options = { iterations: 3, thresholds: { iterations: ["count>1000"] } };
  export default () => new Promise((wake) => globalThis.setTimeout(wake, 50));
  export function teardown() { console.log("torn down"); }
  ${KEEP_SUMMARY}`;

Deno.test("a failed write to --out is logged once; the run goes on and exits 255", async () => {
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

Deno.test("a failed --out file does not affect another --out file", async () => {
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

Deno.test("an --out file that cannot be opened exits 104 before the run and is named", async () => {
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
    "--out json=no/such.json: must be a writable file: No such",
  );
  assertStringIncludes(stderr, "create its folder or choose another file");
  assert(!stderr.includes("torn down"));
});

Deno.test("--out json=FILE.gz writes gzip", async () => {
  const chunks: Uint8Array[] = [];
  const { code } = await runScript("export default () => {};", {
    args: ["--out", "json=samples.json.gz"],
    openForWriting: () => ({
      write: (content) => void chunks.push(content as Uint8Array),
      close() {},
    }),
  });
  const all = new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
  const lines = gunzipSync(all).toString().trim().split("\n");
  assertEquals([code, JSON.parse(lines[0]).type], [0, "Metric"]);
});
