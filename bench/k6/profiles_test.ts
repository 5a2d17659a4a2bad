import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runnerArgs } from "../../tools/k6/mod.ts";
import { freePort, runProcess } from "../../tools/processes/mod.ts";
import { serveTelemetry } from "./testing/telemetry.ts";

const PROFILES = ["arrival", "getmetric", "listmetrics", "mixed", "soak", "spike", "waves"];

function runProfile(profile: string, base_url: string, out_dir: string) {
  const script = `${import.meta.dirname}/${profile}.js`;
  const variables = Object.entries({
    BASE_URL: base_url,
    OUT_DIR: out_dir,
    // mixed and soak draw their requests: long enough for the rarest of them.
    DURATION: ["mixed", "soak"].includes(profile) ? "1500ms" : "500ms",
    HOLD: "100ms",
    RAMP: "200ms",
    VUS: "20",
    // The test covers the profile, not this machine: each arrival has a VU of its own.
    RATE: "40",
    P95_MS: "5000",
    P99_MS: "5000",
    DROPPED_PCT: "100",
  }).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const access = runnerArgs({ read: [import.meta.dirname!], write: [out_dir] });
  return runProcess([Deno.execPath(), ...access, "run", "--quiet", ...variables, script]);
}

for (const profile of PROFILES) {
  Deno.test(`profile ${profile} passes a good server and writes its files`, async () => {
    const server = serveTelemetry(500);
    const out_dir = await Deno.makeTempDir();
    try {
      const url = `http://127.0.0.1:${server.addr.port}`;
      const { code, stdout, stderr } = await runProfile(profile, url, out_dir);
      assertEquals(code, 0, stdout + stderr);
      assertMatch(
        stdout,
        /staleness {3}p50 500\.00 ms, p95 500\.00 ms, max 500\.00 ms; 0\.00 % older/,
      );
      assert(stdout.split("\n").length <= 40, "one screen");
      const json = JSON.parse(await Deno.readTextFile(`${out_dir}/k6-${profile}.json`));
      const { checks, http_req_failed } = json.metrics;
      assertEquals([json.profile, http_req_failed.values.passes], [profile, 0]);
      // waves has no checks; its caller judges the samples.
      if (profile !== "waves") assertEquals(checks.values.fails, 0);
      const junit = await Deno.readTextFile(`${out_dir}/k6-${profile}.junit.xml`);
      assertStringIncludes(junit, 'failures="0"');
    } finally {
      await Deno.remove(out_dir, { recursive: true });
      await server.shutdown();
    }
  });
}

Deno.test("profile getmetric fails a server with old data; JUnit names the threshold", async () => {
  const server = serveTelemetry(60_000);
  const out_dir = await Deno.makeTempDir();
  try {
    const url = `http://127.0.0.1:${server.addr.port}`;
    const { code, stdout } = await runProfile("getmetric", url, out_dir);
    assertEquals(code, 99);
    assertStringIncludes(stdout, "100.00 % older than 15.00 s");
    const junit = await Deno.readTextFile(`${out_dir}/k6-getmetric.junit.xml`);
    assertMatch(
      junit,
      /name="data_too_old rate&#60;0\.01"><failure message="data_too_old: must be/,
    );
  } finally {
    await Deno.remove(out_dir, { recursive: true });
    await server.shutdown();
  }
});

Deno.test("a profile without a server exits 107 with the URL", async () => {
  const port = freePort();
  const out_dir = await Deno.makeTempDir();
  try {
    const { code, stderr } = await runProfile("getmetric", `http://127.0.0.1:${port}`, out_dir);
    assertEquals(code, 107);
    assertStringIncludes(stderr, "Cannot discover switches at");
  } finally {
    await Deno.remove(out_dir, { recursive: true });
  }
});
