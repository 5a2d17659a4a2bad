import { assertEquals, assertStringIncludes } from "@std/assert";
import deno_json from "../../deno.json" with { type: "json" };
import { runProcess, taskCommand } from "../../tools/processes/mod.ts";
import { PROFILE_VARIABLES } from "./load.ts";
import { serveTelemetry } from "./testing/telemetry.ts";

function load(args: string[], env: Record<string, string> = {}) {
  const task = taskCommand(deno_json.tasks.load);
  return runProcess([Deno.execPath(), ...task.args, ...args], {
    cwd: new URL("../../", import.meta.url),
    env: { BASE_URL: "", METRICS_PORT: "", NO_COLOR: "1", ...env },
  });
}

Deno.test("deno task load follows METRICS_PORT", async () => {
  const server = serveTelemetry(500);
  const OUT_DIR = await Deno.makeTempDir();
  try {
    const METRICS_PORT = String(server.addr.port);
    const env = { METRICS_PORT, OUT_DIR, DURATION: "300ms", VUS: "2", P95_MS: "5000" };
    const { stderr } = await load(["getmetric", "--quiet"], env);
    assertStringIncludes(stderr, `target: http://127.0.0.1:${METRICS_PORT} (METRICS_PORT)\n`);
    const json = JSON.parse(await Deno.readTextFile(`${OUT_DIR}/k6-getmetric.json`));
    assertEquals(json.metrics.http_req_failed.values.passes, 0);
  } finally {
    await Deno.remove(OUT_DIR, { recursive: true });
    await server.shutdown();
  }
});

Deno.test("deno task load passes on every variable that a profile reads", async () => {
  const texts = await Promise.all(
    [import.meta.dirname!, `${import.meta.dirname}/lib`].flatMap((folder) =>
      Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`)
    ).filter((path) => path.endsWith(".js")).map((path) => Deno.readTextFile(path)),
  );
  const read = texts.flatMap((text) => [
    ...[...text.matchAll(/(?:__ENV\.|numberFromEnv\(")([A-Z0-9_]+)/g)].map(([, name]) => name),
    ...[...text.matchAll(/\{ ([A-Z0-9_, ]+) \} = __ENV/g)].flatMap(([, names]) =>
      names.split(", ")
    ),
  ]);
  assertEquals([...new Set(read)].sort(), PROFILE_VARIABLES);
});

Deno.test("deno task load names the profile that a misspelled one means", async () => {
  const { code, stderr } = await load(["getmetrics"]);
  assertEquals(code, 104);
  assertStringIncludes(stderr, "getmetrics: no such profile; did you mean getmetric?\n");
});
