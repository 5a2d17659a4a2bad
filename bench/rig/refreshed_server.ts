/** A metrics_server with a source of 100,000 × 30 that refreshes or holds on command. */
import type { StatsAnswer } from "../../contracts/mod.ts";
import { fetchJson, fetchRaw } from "../../tools/http/mod.ts";
import { firstValue, until } from "../../tools/verdict/mod.ts";
import {
  LOOP_BLOCK_MS_MAX,
  REFRESH_EVERY_MS,
  REFRESH_POLL_MS,
  STEADY_RATE_PER_S,
} from "./bounds.ts";
import type { Engine } from "./load_engines.ts";
import type { SourceCounts } from "./refresh_handler.ts";
import { type Round, type ServerLoad, takeRound } from "./rounds.ts";
import { getMetricRequests } from "./samples.ts";
import {
  type DenoProcess,
  LOOP_PROBE_MS,
  programOf,
  ready,
  type ServiceProgram,
  startMetricsServer,
  startRefreshSource,
} from "./services.ts";

const SWITCHES = 100_000;
const WARMUP_MS = 1_000;
/**
 * Load with a new snapshot per poll, before the first round. V8 compiles the code of a refresh
 * during the first twenty or so, on threads that occupy a core for 4–12 ms at a time.
 */
const REFRESH_WARMUP_MS = 15_000;
const SETTLE_MS_MAX = 15_000;
/** Time until metrics_server forgets a block of its event loop, with a margin. */
const LOOP_RECORD_MS_MAX = 65_000;
/** Waits for that per run: a server that blocks at each refresh would need one each time. */
const FORGETTING_WAITS_MAX = 2;

type Mode = "hold" | "refresh";

/** Both processes. Disposal stops them. */
export class RefreshedServer implements AsyncDisposable {
  readonly poll_ms = REFRESH_POLL_MS;
  #forgetting_waits = 0;

  private constructor(
    readonly source: DenoProcess,
    readonly server: DenoProcess,
    readonly engine: Engine,
  ) {}

  /** Starts both and waits until the first snapshot is served. */
  static async start(
    name: string,
    engine: Engine,
    program: ServiceProgram = programOf("metrics"),
  ): Promise<RefreshedServer> {
    const source = await startRefreshSource(SWITCHES);
    try {
      const env = { POLL_MS: String(REFRESH_POLL_MS), LOOP_PROBE_MS: String(LOOP_PROBE_MS) };
      const server = await startMetricsServer(name, source, env, program);
      await ready(server, getMetricRequests(SWITCHES)[0].path);
      return new RefreshedServer(source, server, engine);
    } catch (error) {
      await source[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A round at the steady rate without refreshes. */
  async hold(duration_ms: number): Promise<Round> {
    return (await this.during("hold", () => this.load(duration_ms))).loaded;
  }

  /** A round at the steady rate while everything refreshes, and the number of refreshes. */
  async refresh(duration_ms: number): Promise<{ round: Round; refreshes: number }> {
    const { loaded, refreshes } = await this.during("refresh", () => this.load(duration_ms));
    return { round: loaded, refreshes };
  }

  /** Any load in a mode of the source, and the refreshes meanwhile. */
  async during<T>(mode: Mode, load: () => Promise<T>): Promise<{ loaded: T; refreshes: number }> {
    await this.switch(mode);
    const { bodies } = await this.sent();
    const loaded = await Promise.race([load(), this.source.failed]);
    return { loaded, refreshes: (await this.sent()).bodies - bodies };
  }

  load(duration_ms: number): Promise<Round> {
    return takeRound(this.engine, this.server, steadyLoad(duration_ms));
  }

  /** Refreshes with each poll, under load, until V8 has compiled the code. */
  async warmUp(load: () => Promise<unknown> = () => this.load(REFRESH_WARMUP_MS)): Promise<void> {
    await this.#postToSource("/refresh?every_ms=0");
    await Promise.race([load(), this.source.failed]);
  }

  /** Switches the source and waits until the server has polled it twice. */
  async switch(mode: Mode): Promise<void> {
    const every_ms = mode === "refresh" ? REFRESH_EVERY_MS : null;
    if ((await this.sent()).refresh_every_ms === every_ms) return;
    await this.#postToSource(every_ms === null ? "/hold" : `/refresh?every_ms=${every_ms}`);
    const { poller: { polls } } = await this.stats();
    await until(
      `two polls in mode ${mode}`,
      async () => (await this.stats()).poller.polls >= polls + 2,
      { wait_ms_max: SETTLE_MS_MAX, look_every_ms: 50, retry_errors: true },
    );
  }

  async #postToSource(path: string): Promise<void> {
    await fetchRaw({ host: this.source.host, path, method: "POST" });
  }

  /** Waits until the server has forgotten event-loop blocks of its start or of a disturbance. */
  async forgetBlocks(onProgress: (text: string) => void): Promise<void> {
    const block_ms = await this.blockMs();
    if (block_ms <= LOOP_BLOCK_MS_MAX || this.#forgetting_waits === FORGETTING_WAITS_MAX) return;
    this.#forgetting_waits++;
    onProgress(`waiting until the server forgets a block of ${block_ms} ms`);
    await this.switch("hold");
    // A server that blocks without load runs into the deadline; the figure then reports it.
    await firstValue(
      async () => await this.blockMs() <= LOOP_BLOCK_MS_MAX,
      { wait_ms_max: LOOP_RECORD_MS_MAX, look_every_ms: 500, retry_errors: true },
    );
  }

  /** Longest event-loop block that the server remembers, in milliseconds. */
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

/** The load of a round of GetMetric at a steady rate. */
export function steadyLoad(duration_ms: number, rate_per_s = STEADY_RATE_PER_S): ServerLoad {
  return {
    requests: getMetricRequests(SWITCHES),
    warmup_ms: WARMUP_MS,
    duration_ms,
    rate_per_s,
    expect_status: 200,
  };
}
