/** A metrics_server and its source of 100,000 × 30, which refreshes or holds as it is told. */
import type { StatsAnswer } from "../../contracts/mod.ts";
import { fetchJson, fetchRaw } from "../../tools/http/mod.ts";
import { readMainThreadCpuMs } from "../../tools/verdict/mod.ts";
import {
  CONNECTIONS,
  LOOP_BLOCK_MS_MAX,
  REFRESH_EVERY_MS,
  REFRESH_POLL_MS,
  STEADY_RATE_PER_S,
} from "./bounds.ts";
import { type DenoProcess, programOf, type ServiceProgram } from "./deno_process.ts";
import type { Engine } from "./engine.ts";
import type { SourceCounts } from "./refresh_handler.ts";
import { getMetricRequests } from "./requests.ts";
import type { Round } from "./rounds.ts";
import { ready, startMetricsServer, startRefreshSource } from "./services.ts";
import { waitUntil } from "./wait_until.ts";

const SWITCHES = 100_000;
const WARMUP_MS = 1_000;

/**
 * Load while each poll brings a new snapshot, before the first round. What runs once a snapshot is
 * compiled by V8 over some twenty of them, on threads that take a core for 4–12 ms at a time: this
 * is the start of a program, not the refresh.
 */
const REFRESH_WARMUP_MS = 15_000;
const SETTLE_MS_MAX = 15_000;

/** Longest time metrics_server remembers a block of its event loop, and a little. */
const LOOP_RECORD_MS_MAX = 65_000;

/** How often that is waited for: a server that blocks whenever it refreshes would have it each time. */
const FORGETTING_WAITS_MAX = 2;

/** A round and how many bodies the source sent meanwhile. */
export interface RefreshRound {
  round: Round;
  refreshes: number;
}

/** Disposing of it ends both processes. */
export class RefreshedServer implements AsyncDisposable {
  #forgetting_waits = 0;

  private constructor(
    readonly source: DenoProcess,
    readonly server: DenoProcess,
    readonly engine: Engine,
  ) {}

  /** Starts both; resolves when the first snapshot is served. */
  static async start(
    name: string,
    engine: Engine,
    program: ServiceProgram = programOf("metrics"),
  ): Promise<RefreshedServer> {
    const source = await startRefreshSource();
    try {
      const env = { POLL_MS: String(REFRESH_POLL_MS), LOOP_PROBE_MS: "2" };
      const server = await startMetricsServer(name, source, env, program);
      await ready(server, getMetricRequests(SWITCHES)[0].path);
      return new RefreshedServer(source, server, engine);
    } catch (error) {
      await source[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A round at the steady rate with nothing to refresh. */
  async hold(duration_ms: number): Promise<Round> {
    await this.switch("hold");
    return await this.load(duration_ms);
  }

  /** A round at the steady rate while all of it refreshes. */
  async refresh(duration_ms: number): Promise<RefreshRound> {
    await this.switch("refresh");
    const { bodies } = await this.sent();
    const round = await this.load(duration_ms);
    return { round, refreshes: (await this.sent()).bodies - bodies };
  }

  /** Loads the server at the steady rate. */
  async load(duration_ms: number): Promise<Round> {
    const load = steadyLoad(this.engine, this.server, duration_ms);
    return await Promise.race([load, this.source.failed]);
  }

  /** Refreshes with each poll, under load, until what is compiled is compiled. */
  async warmUp(): Promise<void> {
    await this.#tellSource("/refresh?every_ms=0");
    await this.load(REFRESH_WARMUP_MS);
  }

  /** Tells the source and waits until the server has polled it twice since. */
  async switch(mode: "hold" | "refresh"): Promise<void> {
    const every_ms = mode === "refresh" ? REFRESH_EVERY_MS : null;
    if ((await this.sent()).refresh_every_ms === every_ms) return;
    await this.#tellSource(every_ms === null ? "/hold" : `/refresh?every_ms=${every_ms}`);
    const { poller: { polls } } = await this.stats();
    await waitUntil(`two polls in mode ${mode}`, SETTLE_MS_MAX, async () => {
      return (await this.stats()).poller.polls >= polls + 2 ? true : null;
    }, 50);
  }

  async #tellSource(path: string): Promise<void> {
    await fetchRaw({ host: this.source.host, path, method: "POST" });
  }

  /** Waits until blocks of the start, or of a disturbance, have left the server's record. */
  async forgetBlocks(onProgress: (text: string) => void): Promise<void> {
    const block_ms = await this.blockMs();
    if (block_ms <= LOOP_BLOCK_MS_MAX || this.#forgetting_waits === FORGETTING_WAITS_MAX) return;
    this.#forgetting_waits++;
    onProgress(`waiting for a block of ${block_ms} ms to be forgotten`);
    await this.switch("hold");
    await waitUntil(
      "a minute without blocks",
      LOOP_RECORD_MS_MAX,
      async () => await this.blockMs() <= LOOP_BLOCK_MS_MAX ? true : null,
      500,
    ).catch(() => {}); // then it blocks without any load, and the figure will say so
  }

  /** Longest block of its event loop that the server remembers, in milliseconds. */
  async blockMs(): Promise<number> {
    return (await this.stats()).event_loop.block_max_ms;
  }

  stats(): Promise<StatsAnswer> {
    return fetchJson<StatsAnswer>(this.server.host, "/stats");
  }

  sent(): Promise<SourceCounts> {
    return fetchJson<SourceCounts>(this.source.host, "/sent");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.source[Symbol.asyncDispose]();
  }
}

/** One round of GetMetric at the steady rate, an open loop, against any server. */
export async function steadyLoad(
  engine: Engine,
  server: DenoProcess,
  duration_ms: number,
): Promise<Round> {
  const started_ms = performance.now();
  const cpu_ms = readMainThreadCpuMs(server.pid);
  const run = engine.run({
    port: server.port,
    connections: CONNECTIONS,
    requests: getMetricRequests(SWITCHES),
    warmup_ms: WARMUP_MS,
    duration_ms,
    rate_per_s: STEADY_RATE_PER_S,
    expect_status: 200,
  });
  const measured = await Promise.race([run, server.failed]);
  const cpu_share = (readMainThreadCpuMs(server.pid) - cpu_ms) / (performance.now() - started_ms);
  return { ...measured, cpu_share };
}
