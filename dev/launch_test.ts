import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import deno_json from "../deno.json" with { type: "json" };
import { flood } from "../e2e/harness/mod.ts";
import { canRun, freePort, runProcess, taskCommand } from "../tools/processes/mod.ts";
import { calmClock, until } from "../tools/verdict/mod.ts";
import { type DevProcess, startDev, startProgram } from "./dev_process.ts";

/** From the stop signal to the launcher's end. */
const STOP_MS_MAX = 3_000;

/** From the start to the first answer with telemetry. */
const TELEMETRY_MS_MAX = 3_000;

/** Polls until there is data. */
function telemetry(url: string): Promise<Record<string, unknown>> {
  return until(`telemetry of ${url}`, async () => {
    try {
      const answer = await fetch(`${url}/telemetry/ListMetrics`);
      const body: Record<string, unknown> = await answer.json();
      return answer.status === 200 && body;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  });
}

/** Ports that no other test gets, so that they refuse connections once dev has ended. */
const ownPorts = () => ({ DATA_PORT: `${freePort()}`, METRICS_PORT: `${freePort()}` });

async function refuses(url: string): Promise<boolean> {
  return await fetch(url).then((answer) => answer.body?.cancel(), () => true) ?? false;
}

async function stopped(dev: DevProcess, signal: Deno.Signal): Promise<{ code: number }> {
  const elapsed_ms = calmClock();
  dev.kill(signal);
  const ended = await dev.ended;
  assertLess(elapsed_ms(), STOP_MS_MAX);
  return ended;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.test(`dev serves telemetry within 3 s, and stops both services with exit code 0 on ${signal}`, async () => {
    const elapsed_ms = calmClock();
    await using dev = startDev(ownPorts());
    const metrics_url = await dev.url("metrics_server");
    const { items } = await telemetry(metrics_url);
    assertLess(elapsed_ms(), TELEMETRY_MS_MAX);
    assertEquals((items as unknown[]).length, 64);
    const data_url = await dev.url("data_server");
    const { code } = await stopped(dev, signal);
    assertEquals(code, 0);
    for (const service of ["data_server", "metrics_server"]) {
      await dev.log.wait("shutdown", (e) => e.service === service);
    }
    assert(await refuses(`${data_url}/healthz`));
    assert(await refuses(`${metrics_url}/healthz`));
  });
}

Deno.test("deno task dev downloads nothing at its first start", async () => {
  const DENO_DIR = await Deno.makeTempDir();
  const nowhere = "http://127.0.0.1:1";
  try {
    const env = { DENO_DIR, JSR_URL: nowhere, NPM_CONFIG_REGISTRY: nowhere };
    await using dev = startProgram(Deno.execPath(), ["task", "dev"], env);
    await telemetry(await dev.url("metrics_server"));
    assertEquals((await stopped(dev, "SIGTERM")).code, 0);
  } finally {
    await Deno.remove(DENO_DIR, { recursive: true });
  }
});

Deno.test("dev ignores repeated stop signals, as one Ctrl-C under deno task sends them", async () => {
  await using dev = startDev();
  await dev.url("metrics_server");
  dev.kill("SIGINT");
  dev.kill("SIGINT");
  const { code } = await stopped(dev, "SIGTERM");
  assertEquals(code, 0);
  for (const service of ["data_server", "metrics_server"]) {
    await dev.log.wait("shutdown", (e) => e.service === service);
  }
});

Deno.test("a Ctrl-C in a terminal reaches each service once", async () => {
  await using dev = startDev({}, "dev", { detached: true });
  await dev.url("metrics_server");
  await run("kill", ["-INT", "--", `-${dev.pid}`]);
  assertEquals((await dev.ended).code, 0);
  for (const service of ["data_server", "metrics_server"]) {
    const shutdown = await dev.log.wait("shutdown", (e) => e.service === service);
    assertEquals([shutdown.reason, shutdown.drained], ["SIGTERM", true]);
  }
});

Deno.test("dev merges both services' events into one stream of whole lines", async () => {
  // At DEBUG, the health routes are logged, too.
  await using dev = startDev({ LOG_LEVEL: "DEBUG" });
  const url = await dev.url("metrics_server");
  await telemetry(url);
  const requests = 200;
  for (let n = 0; n < requests; n++) await (await fetch(`${url}/healthz`)).body?.cancel();
  await dev.log.wait("poll.run");
  await dev.log.wait("gen.tick");
  assertEquals((await stopped(dev, "SIGTERM")).code, 0);
  await dev.log.wait("shutdown", (e) => e.service === "metrics_server");
  const services = new Set(dev.log.events.map((e) => e.service));
  assertEquals([...services].sort(), ["data_server", "metrics_server"]);
  const logged = dev.log.events.filter((e) =>
    e.event === "http.access" && e.endpoint === "healthz"
  );
  assertEquals(logged.length, requests);
});

Deno.test("dev serves and stops in time while its stdout is not read", async () => {
  await using dev = startDev({ LOG_LEVEL: "DEBUG" });
  const url = await dev.url("metrics_server");
  const first = await telemetry(url);
  dev.log.stall();
  // About 600 KB of log: more than the pipes on the way hold.
  await flood({ port: Number(new URL(url).port) }, "/healthz", 4_000);
  assertEquals(Object.keys(await telemetry(url)), Object.keys(first));
  assertEquals((await stopped(dev, "SIGTERM")).code, 0);
});

Deno.test("dev serves after the reader of its stdout has gone", async () => {
  await using dev = startDev({ LOG_LEVEL: "DEBUG" });
  const url = await dev.url("metrics_server");
  await dev.log.close();
  const first = await telemetry(url);
  for (let n = 0; n < 50; n++) await (await fetch(`${url}/healthz`)).body?.cancel();
  assertEquals(Object.keys(await telemetry(url)), Object.keys(first));
  assertEquals((await stopped(dev, "SIGINT")).code, 0);
});

const REFUSED: [env: Record<string, string>, stderr: RegExp][] = [
  [{ DATA_PORT: "abc" }, /^DATA_PORT=abc: must be [^\n]*0–65535[^\n]*\n$/],
  [{ METRICS_PORT: "99999" }, /^METRICS_PORT=99999: must be 0–65535\n$/],
  [
    { DATA_PORT: "0", LOG_LEVEL: "WARN" },
    /^DATA_PORT=0: must be 1–65535 if LOG_LEVEL is WARN, got 0: [^\n]*\n$/,
  ],
];

for (const [env, stderr] of REFUSED) {
  Deno.test(`dev refuses ${JSON.stringify(env)} with one line and exit code 78`, async () => {
    await using dev = startDev(env);
    const ended = await dev.ended;
    assertMatch(ended.stderr, stderr);
    assertEquals(ended.code, 78);
    assertEquals(dev.log.events, []);
  });
}

for (const variable of ["DATA_PORT", "METRICS_PORT"]) {
  Deno.test(`dev ends with 78 and stops the other service if ${variable} is taken`, async () => {
    using holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = holder.addr;
    await using dev = startDev({ [variable]: String(port) });
    const { code, stderr } = await dev.ended;
    assertEquals(code, 78);
    const [reason, consequence] = stderr.split("\n");
    assert(reason.startsWith(`PORT=${port}: already in use on 127.0.0.1`), stderr);
    assertMatch(consequence, new RegExp(`^dev: \\w+ did not start, .* PORT is ${variable} here`));
  });
}

Deno.test("dev starts with fixed ports although LOG_LEVEL hides the startup event", async () => {
  const port = freePort();
  const env = { DATA_PORT: `${freePort()}`, METRICS_PORT: `${port}`, LOG_LEVEL: "ERROR" };
  await using dev = startDev(env);
  await telemetry(`http://127.0.0.1:${port}`);
  assertEquals((await stopped(dev, "SIGTERM")).code, 0);
});

Deno.test("dev passes UPSTREAM_URL on to metrics_server", async () => {
  await using source = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("switch_id,speed\nmine,7\n", { headers: { "content-type": "text/csv" } }),
  );
  await using dev = startDev({ UPSTREAM_URL: `http://127.0.0.1:${source.addr.port}/` });
  const { items } = await telemetry(await dev.url("metrics_server"));
  assertEquals(items, [{ switch_id: "mine", speed: 7 }]);
});

Deno.test("dev polls the path of a UFM Telemetry endpoint with DATA_PROFILE=ufm", async () => {
  await using dev = startDev({ DATA_PROFILE: "ufm" });
  const { source } = await dev.log.wait("poll.run", (e) => e.status === 200);
  assertEquals(new URL(String(source)).pathname, "/csv/metrics");
});

Deno.test("dev does not mention PORT if another variable is wrong", async () => {
  await using dev = startDev({ DATA_SWITCHES: "abc" });
  const { code, stderr } = await dev.ended;
  assertEquals(code, 78);
  assertMatch(
    stderr,
    /^DATA_SWITCHES=abc: [^\n]*\ndev: data_server did not start, see above: [^\n]*\n$/,
  );
});

Deno.test("dev stops both services when its parent is killed", async () => {
  // A shell that starts dev as a child, in the background, and waits: as a task runner does.
  const words = taskCommand(deno_json.tasks.dev).args.map((word) => `'${word}'`).join(" ");
  const args = ["-c", `'${Deno.execPath()}' ${words} & wait`];
  await using runner = startProgram("sh", args, ownPorts(), { detached: true });
  try {
    const urls = [await runner.url("data_server"), await runner.url("metrics_server")];
    runner.kill("SIGKILL");
    for (const service of ["data_server", "metrics_server"]) {
      await runner.log.wait("shutdown", (e) => e.service === service);
    }
    for (const url of urls) assert(await refuses(`${url}/healthz`), `${url} still answers`);
    await runner.log.ended;
  } finally {
    // If dev has not noticed, it is still in its group.
    await run("kill", ["-TERM", "--", `-${runner.pid}`]);
  }
});

const HAS_PGREP = canRun(["pgrep", "--version"]);

for (const name of ["data_server", "metrics_server"]) {
  Deno.test({
    name:
      `dev --fail-fast stops the other service when ${name} dies, with its exit code (needs pgrep)`,
    ignore: !HAS_PGREP,
    async fn() {
      await using dev = startDev(ownPorts(), "dev", {}, ["--fail-fast"]);
      const urls = [await dev.url("data_server"), await dev.url("metrics_server")];
      const found = await run("pgrep", ["-P", `${dev.pid}`, "-f", `${name}/main.ts`]);
      Deno.kill(Number(found), "SIGKILL");
      const { code, stderr } = await dev.ended;
      assertEquals(code, 137);
      assertEquals(stderr, `dev: ${name} ended with exit code 137: stopping the others\n`);
      for (const url of urls) assert(await refuses(`${url}/healthz`), `${url} still answers`);
    },
  });
}

Deno.test({
  name: "dev reports a killed data_server while metrics_server serves its last data (needs pgrep)",
  ignore: !HAS_PGREP,
  async fn() {
    await using dev = startDev(ownPorts());
    const url = await dev.url("metrics_server");
    await telemetry(url);
    const found = await run("pgrep", ["-P", `${dev.pid}`, "-f", "data_server/main.ts"]);
    Deno.kill(Number(found), "SIGKILL");
    await dev.log.wait("poll.error");
    assertEquals(Object.keys(await telemetry(url)).slice(0, 2), ["snapshot_id", "age_ms"]);
    const { code, stderr } = { ...await stopped(dev, "SIGTERM"), ...await dev.ended };
    assertEquals(code, 0);
    assertEquals(
      stderr,
      "dev: data_server ended with exit code 137: metrics_server runs on; Ctrl-C ends all\n",
    );
  },
});

Deno.test("dev names a misspelled variable of its own, and the service one of the service's", async () => {
  await using dev = startDev({ METRICS_PROT: "1", MAX_STALE: "5000" });
  await dev.url("metrics_server");
  const { variable } = await dev.log.wait("config.ignored");
  assertEquals(variable, "MAX_STALE");
  const { stderr } = { ...await stopped(dev, "SIGTERM"), ...await dev.ended };
  assertEquals(stderr, "dev: METRICS_PROT is not a variable: did you mean METRICS_PORT?\n");
});

Deno.test("dev with LOG_FORMAT=text prints the dashboard's address first, then readable lines", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: taskCommand(deno_json.tasks.dev).args,
    cwd: new URL("..", import.meta.url),
    env: { ...ownPorts(), BIND_HOST: "127.0.0.1", LOG_FORMAT: "text" },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  let is_stopped = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (is_stopped || !/ metrics_server poll\.run /.test(text)) continue;
    is_stopped = true;
    child.kill("SIGTERM");
  }
  assertEquals((await child.status).code, 0);
  assertMatch(text, /^Dashboard: http:\/\/127\.0\.0\.1:\d+\/\n\d\d:\d\d:\d\d data_server /);
});

async function run(program: string, args: string[]): Promise<string> {
  return (await runProcess([program, ...args])).stdout.trim();
}
