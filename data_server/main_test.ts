import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { EVENT_FIELDS } from "../contracts/mod.ts";
import { SPEC } from "./config.ts";
import {
  EventLog,
  type LoggedEvent,
  type RunningProcess,
  startProcess,
} from "../tools/processes/mod.ts";
import { calmClock, until } from "../tools/verdict/mod.ts";
import { RawConnection } from "./testing/raw_http.ts";
import { REFUSED_VALUES } from "./testing/refused_values.ts";

/** Longest start or stop; the contract allows a stop 2 s. */
const STOP_MS_MAX = 2_000;

const ROOT = `${import.meta.dirname}/..`;
const MAIN = `${import.meta.dirname}/main.ts`;

/** A data_server process with only the permissions it needs. */
class Child implements AsyncDisposable {
  readonly #process: RunningProcess;
  readonly #log: EventLog;
  readonly #stderr: Promise<string>;

  constructor(env: Record<string, string>, cwd = ROOT) {
    this.#process = startProcess([
      ...[Deno.execPath(), "run", "--no-prompt", `--config=${ROOT}/deno.json`, "--allow-net"],
      `--allow-env=${Object.keys(SPEC).join(",")}`,
      `--allow-read=.env,${ROOT}/platform/log`,
      MAIN,
    ], {
      cwd,
      env: { BIND_HOST: "127.0.0.1", PORT: "0", ...env },
      stdout: "piped",
      stderr: "piped",
    });
    this.#log = new EventLog(this.#process.stdout);
    this.#stderr = new Response(this.#process.stderr).text();
  }

  get lines(): readonly LoggedEvent[] {
    return this.#log.events;
  }

  /** The first line of this event, as soon as it is logged. */
  line(event: string): Promise<LoggedEvent> {
    return this.#log.wait(event);
  }

  /** Exit code, stderr, and the time since the signal by {@link calmClock}. */
  async stop(signal: Deno.Signal): Promise<{ code: number; stderr: string; took_ms: number }> {
    const elapsed_ms = calmClock();
    this.#process.kill(signal);
    return { ...await this.ended(), took_ms: elapsed_ms() };
  }

  async ended(): Promise<{ code: number; stderr: string }> {
    const { code } = await this.#process.ended;
    await this.#log.ended;
    assertEquals(this.#log.foreign, [], "every line is whole and JSON");
    return { code, stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.ended();
  }
}

function fieldsOf(line: LoggedEvent): string[] {
  return Object.keys(line).filter((name) => !["ts", "level", "service", "event"].includes(name));
}

Deno.test("main logs its URL, free port and configuration", async () => {
  await using child = new Child({ DATA_SWITCHES: "8" });
  const startup = await child.line("startup");
  assertEquals(fieldsOf(startup), [...EVENT_FIELDS.startup]);
  assertMatch(String(startup.ts), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals([startup.level, startup.service], ["INFO", "data_server"]);
  assertEquals(startup.url, `http://127.0.0.1:${startup.port}`);
  const config = startup.config as Record<string, unknown>;
  assertEquals(Object.keys(config).sort(), Object.keys(SPEC).sort());
  assertEquals(config.DATA_SWITCHES, 8);
  assert(Number.isInteger(config.SEED), "the random seed is logged");
  const answer = await fetch(`${startup.url}/counters`);
  assertEquals((await answer.text()).split("\n").length, 1 + 8 + 1);
});

Deno.test("main logs every tick and every request with its fields", async () => {
  await using child = new Child({ DATA_INTERVAL_SEC: "1", FAULT_500_PCT: "100" });
  const { url } = await child.line("startup");
  await (await fetch(`${url}/counters`)).body?.cancel();
  const access = await child.line("http.access");
  assertEquals([access.endpoint, access.status, access.level], ["/counters", 500, "INFO"]);
  assert((access.latency_ms as number) >= 0 && (access.bytes_sent as number) > 0);
  assertEquals(fieldsOf(await child.line("gen.inject_fault")), ["kind", "delay_ms"]);
  const tick = await child.line("gen.tick");
  assertEquals(fieldsOf(tick), [...EVENT_FIELDS["gen.tick"]]);
  assertEquals(tick.interval_ms, 1_000);
  await (await fetch(`${url}/healthz`)).body?.cancel();
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`main finishes responses on ${signal}, logs shutdown and exits 0 within 2 s`, async () => {
    await using child = new Child({ FAULT_SLOW_MS: "60000", SEED: "42" });
    const { port } = await child.line("startup");
    const connections: RawConnection[] = [];
    for (let n = 0; n < 20; n++) {
      connections.push(await RawConnection.open(port as number));
      await connections[n].send("GET /counters HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    const count = (event: string) => child.lines.filter((line) => line.event === event).length;
    await until(
      "all requests",
      () => count("http.access") + count("gen.inject_fault") === connections.length,
    );
    assert(count("gen.inject_fault") > 0, "some are delayed with this seed");
    const { code, took_ms, stderr } = await child.stop(signal);
    for (const connection of connections) {
      assertEquals((await connection.readResponse()).status, 200);
      connection.close();
    }
    assertEquals(code, 0, stderr);
    assertLess(took_ms, STOP_MS_MAX);
    const last = child.lines.at(-1)!;
    assertEquals([last.event, last.reason, last.drained], ["shutdown", signal, true]);
    assertEquals(fieldsOf(last), [...EVENT_FIELDS.shutdown]);
    assertEquals(count("http.access"), connections.length);
  });
}

Deno.test("main exits 0 within 2 s when a client does not read its response", async () => {
  await using child = new Child({ DATA_SWITCHES: "20000", DATA_FIELDS: "200" });
  const { port } = await child.line("startup");
  using stalled = await RawConnection.open(port as number);
  await stalled.send("GET /counters HTTP/1.1\r\nHost: x\r\n\r\n");
  await child.line("http.access");
  const { code, took_ms, stderr } = await child.stop("SIGTERM");
  assertEquals(code, 0, stderr);
  assertLess(took_ms, STOP_MS_MAX);
  assertEquals((await child.line("shutdown")).drained, false);
});

Deno.test("main logs a warning for a clamped number", async () => {
  await using child = new Child({ FAULT_500_PCT: "150", LOG_LEVEL: "WARN" });
  const { ts: _, ...line } = await child.line("config.clamped");
  assertEquals(line, {
    level: "WARN",
    service: "data_server",
    event: "config.clamped",
    variable: "FAULT_500_PCT",
    value: 150,
    used: 100,
    min: 0,
    max: 100,
  });
});

Deno.test("main reads .env, and the environment takes precedence", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/.env`, "DATA_SWITCHES=5\nSEED=11\n");
    await using child = new Child({ SEED: "12" }, folder);
    const { config } = await child.line("startup");
    const { DATA_SWITCHES, SEED } = config as Record<string, unknown>;
    assertEquals([DATA_SWITCHES, SEED], [5, 12]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("main names all invalid values in one line and exits 78", async () => {
  await using child = new Child({ DATA_SWITCHES: "abc", PORT: "99999", LOG_LEVEL: "LOUD" });
  const { code, stderr } = await child.ended();
  assertEquals(
    stderr,
    "DATA_SWITCHES=abc: must be a whole number 1–100000 (switches), e.g. 64; " +
      "PORT=99999: must be 0–65535; LOG_LEVEL=LOUD: must be one of DEBUG, INFO, WARN, ERROR\n",
  );
  assertEquals([code, child.lines], [78, []]);
});

for (const { variable, value, message } of REFUSED_VALUES) {
  Deno.test(`main refuses ${variable}=${value} with one line and exit code 78`, async () => {
    await using child = new Child({ [variable]: value });
    assertEquals(await child.ended(), { code: 78, stderr: `${message}\n` });
    assertEquals(child.lines, []);
  });
}

Deno.test("main refuses a port in use with one line and exit code 78", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using child = new Child({ PORT: String(taken.addr.port) });
  const { code, stderr } = await child.ended();
  assertEquals(code, 78);
  assertStringIncludes(stderr, `PORT=${taken.addr.port}: already in use on 127.0.0.1`);
  assertEquals(stderr.trimEnd().split("\n").length, 1);
});

Deno.test("main refuses an address it cannot listen on with one line and exit code 78", async () => {
  await using child = new Child({ BIND_HOST: "203.0.113.1" });
  const { code, stderr } = await child.ended();
  assertEquals(code, 78, stderr);
  assertStringIncludes(stderr, "BIND_HOST=203.0.113.1: not an address of this machine");
  assertEquals(stderr.trimEnd().split("\n").length, 1);
});
