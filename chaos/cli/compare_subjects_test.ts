import { assert, assertEquals } from "@std/assert";
import { METRICS_SERVER } from "../subject/mod.ts";
import { simulate } from "../testing/journal.ts";
import { runCommandLine } from "./command_line.ts";
import { COMPARED_SCENARIOS, versionOf } from "./compare_subjects.ts";
import { fakeSystem } from "./testing/fake_system.ts";

/** A subject file in a new folder. */
async function subjectFile(version: readonly string[]): Promise<{ dir: string; path: string }> {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/my-cache.json`;
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      name: "my cache",
      version,
      install: "apt-get install my-cache",
      command: ["my-cache", "{port}", "{upstream}"],
      ready: "/ready",
      probes: { value: "/value" },
      age: "none",
    }),
  );
  return { dir, path };
}

Deno.test("a subject whose program is missing is not run, with what to install", async () => {
  const { dir, path } = await subjectFile(["no-such-program-2038", "--version"]);
  try {
    const { system, printed, errors } = fakeSystem();
    assertEquals(await runCommandLine(["compare-subjects", "--subjects", path], system), 2);
    assert(printed().includes("Not run: my cache: not installed: apt-get install my-cache"));
    assertEquals(errors, []);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("runs that --out contains are judged again instead of repeated", async () => {
  const { dir, path } = await subjectFile([Deno.execPath(), "--version"]);
  try {
    const records = simulate().toSorted((a, b) =>
      Number(a.kind === "end") - Number(b.kind === "end")
    );
    const journal = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    const runs = COMPARED_SCENARIOS.map((name) => `${dir}/my-cache/${name}`);
    for (const run of runs) {
      await Deno.mkdir(run, { recursive: true });
      await Deno.writeTextFile(`${run}/run.ndjson`, journal);
    }
    const { system, printed, errors } = fakeSystem(runs.map((run) => `${run}/run.ndjson`));
    const args = ["compare-subjects", "--subjects", path, "--out", dir];
    const can_run = { ...system, isOnPath: () => true };
    assertEquals(await runCommandLine(args, can_run), 0, errors.join("\n"));
    assert(printed().includes(`| age bounded | ✓ ${COMPARED_SCENARIOS.length} |`), printed());
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("compare-subjects names the known subjects if one is unknown", async () => {
  const { system, errors } = fakeSystem();
  assertEquals(await runCommandLine(["compare-subjects", "--subjects", "squid"], system), 64);
  assertEquals(errors, [
    "--subjects=squid: must be a subject file or one of metrics_server, fastapi, prometheus, " +
    "varnish, nginx, haproxy",
  ]);
});

Deno.test("versionOf finds the number in what a program prints on either stream", async () => {
  const printing = (script: string) =>
    versionOf({ ...METRICS_SERVER, version: ["sh", "-c", script] });
  assertEquals(await printing("echo nginx version: nginx/1.22.1 >&2"), "1.22.1");
  assertEquals(
    await printing("echo 'HAProxy version 2.6.12-1+deb12u4 2026/10/17'"),
    "2.6.12-1+deb12u4",
  );
  assertEquals(await printing("echo none"), "");
  assertEquals(await printing("echo 1.2; exit 1"), null);
  assertEquals(await versionOf({ ...METRICS_SERVER, version: null }), "");
});
