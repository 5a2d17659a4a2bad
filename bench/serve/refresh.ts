/** Figures e and f: a steady load, and the memory, while 100,000 × 30 refresh every 2 s. */
import {
  disturbed,
  judge,
  median,
  readMainThreadCpuMs,
  readMemory,
  startForeignLoad,
} from "../judge/mod.ts";
import type { StatsAnswer } from "../../contracts/mod.ts";
import { fetchJson, fetchRaw } from "../http/mod.ts";
import {
  CONNECTIONS,
  LOOP_BLOCK_MS_MAX,
  MEMORY_PEAK_MB_MAX,
  MEMORY_STEADY_MB_MAX,
  REFRESH_EVERY_MS,
  REFRESHES_MIN,
  STEADY_RATE_PER_S,
} from "./bounds.ts";
import type { DenoProcess } from "./deno_process.ts";
import type { Engine } from "./engine.ts";
import type { Outcome } from "./outcome.ts";
import { loadChecks, type RefreshRounds, sentLate } from "./refresh_checks.ts";
import type { SourceCounts } from "./refresh_handler.ts";
import { getMetricRequests } from "./requests.ts";
import { type Pace, passOrder, type Round } from "./rounds.ts";
import { ready, startMetricsServer, startRefreshSource } from "./services.ts";
import { waitUntil } from "./wait_until.ts";

const WARMUP_MS = 1_000;
const MEMORY_SAMPLE_MS = 250;
/** Longest time metrics_server remembers a block of its event loop, and a little. */
const LOOP_RECORD_MS_MAX = 65_000;

const SETTLE_MS_MAX = 15_000;
const MEBI = 1024 * 1024;

/** What these figures are measured with. */
export interface RefreshSetup {
  engine: Engine;
  pace: Pace;
  /** Which of e and f. */
  figures: ReadonlySet<string>;
  onProgress: (text: string) => void;
}

/** Measures e and f on one server. */
export async function measureRefresh(setup: RefreshSetup): Promise<Outcome> {
  await using source = await startRefreshSource();
  await using server = await startMetricsServer("metrics_server (100,000 × 30)", source, {
    POLL_MS: String(REFRESH_EVERY_MS),
    LOOP_PROBE_MS: "2",
  });
  await ready(server, getMetricRequests(100_000)[0].path);
  const run = new RefreshRun(setup, source, server);
  if (setup.figures.has("e")) await run.measureLoad();
  if (setup.figures.has("f")) await run.measureMemory();
  return run.outcome;
}

class RefreshRun {
  readonly outcome: Outcome = { arms: [], checks: [], notes: [] };
  /** Resident memory while refreshes go on, in bytes. */
  readonly #rss_bytes: number[] = [];

  constructor(
    readonly setup: RefreshSetup,
    readonly source: DenoProcess,
    readonly server: DenoProcess,
  ) {}

  async measureLoad(): Promise<void> {
    const { pace, onProgress } = this.setup;
    const modes = ["hold", "refresh"] as const;
    const rounds: RefreshRounds = { hold: [], refresh: [], refreshes: [], blocks_ms: [] };
    await this.#switch("hold");
    await this.#load(2_000);
    await this.#forgetStart();
    const foreignShare = startForeignLoad();
    const { failures } = (await this.#stats()).poller;
    for (let pass = 0; pass < pace.rounds; pass++) {
      for (const i of passOrder(2, pass)) {
        const mode = modes[i];
        onProgress(`round ${pass + 1} of ${pace.rounds}: 10,000 requests/s, ${mode}`);
        await this.#switch(mode);
        const before = await this.#sent();
        rounds[mode].push(await this.#load(pace.seconds * 1000, mode === "refresh"));
        if (mode === "refresh") rounds.refreshes.push((await this.#sent()).bodies - before.bodies);
        rounds.blocks_ms.push((await this.#stats()).event_loop.block_max_ms);
      }
    }
    const failed_polls = (await this.#stats()).poller.failures - failures;
    const doubts = disturbed(foreignShare());
    const { hold, refresh, refreshes } = rounds;
    this.outcome.arms.push(
      { label: "10,000/s · 100,000 × 30 held, no refresh", rounds: hold },
      { label: "10,000/s · refresh every 2 s", rounds: refresh },
    );
    this.outcome.checks.push(...loadChecks(rounds, pace.seconds, failed_polls, doubts));
    this.outcome.notes.push(
      `e: ${median(refreshes)} refreshes a round; the client itself sent late by p99 ` +
        `${sentLate(hold).toFixed(2)} ms without and ${sentLate(refresh).toFixed(2)} ms with them`,
      `e: longest block remembered after each round (ABBA…, A without): ${
        rounds.blocks_ms.map((ms) => ms.toFixed(1)).join(", ")
      } ms`,
    );
  }

  /** Waits until blocks of the start have left the server's record, which spans up to a minute. */
  async #forgetStart(): Promise<void> {
    const block_ms = async () => (await this.#stats()).event_loop.block_max_ms;
    const start_ms = await block_ms();
    if (start_ms <= LOOP_BLOCK_MS_MAX) return;
    this.setup.onProgress(`waiting for the start's block of ${start_ms} ms to be forgotten`);
    await waitUntil(
      "a minute without blocks",
      LOOP_RECORD_MS_MAX,
      async () => await block_ms() <= LOOP_BLOCK_MS_MAX ? true : null,
      500,
    ).catch(() => {}); // then it blocks without any load, and the figure will say so
  }

  async measureMemory(): Promise<void> {
    await this.#switch("refresh");
    this.setup.onProgress(`memory until ${REFRESHES_MIN} refreshes`);
    const refreshed = await waitUntil(
      `${REFRESHES_MIN} refreshes`,
      REFRESHES_MIN * REFRESH_EVERY_MS * 3,
      async () => {
        this.#sampleMemory();
        const { poller } = await this.#stats();
        const refreshes = poller.successes - poller.not_modified;
        return refreshes > REFRESHES_MIN ? refreshes : null;
      },
      MEMORY_SAMPLE_MS,
    );
    // The first half is the way up; what stays is what the second half shows.
    const steady = this.#rss_bytes.slice(Math.floor(this.#rss_bytes.length / 2));
    const { peak_bytes } = readMemory(this.server.pid);
    const claim = { figure: "f", unit: "MB", relation: "≤" } as const;
    this.outcome.checks.push(
      judge({
        ...claim,
        name: "100,000 × 30: resident memory, steady",
        samples: steady.map((bytes) => bytes / MEBI),
        bound: MEMORY_STEADY_MB_MAX,
      }),
      judge({
        ...claim,
        name: `100,000 × 30: peak memory, ${refreshed} refreshes`,
        samples: [peak_bytes / MEBI],
        bound: MEMORY_PEAK_MB_MAX,
      }),
    );
  }

  /** Loads the server for one round; samples its memory meanwhile where asked to. */
  async #load(duration_ms: number, sample_memory = false): Promise<Round> {
    const { engine } = this.setup;
    const timer = sample_memory && setInterval(() => this.#sampleMemory(), MEMORY_SAMPLE_MS);
    const started_ms = performance.now();
    const cpu_ms = readMainThreadCpuMs(this.server.pid);
    try {
      const run = engine.run({
        port: this.server.port,
        connections: CONNECTIONS,
        requests: getMetricRequests(100_000),
        warmup_ms: WARMUP_MS,
        duration_ms,
        rate_per_s: STEADY_RATE_PER_S,
        expect_status: 200,
      });
      const measured = await Promise.race([run, this.server.failed, this.source.failed]);
      const cpu_share = (readMainThreadCpuMs(this.server.pid) - cpu_ms) /
        (performance.now() - started_ms);
      return { ...measured, cpu_share };
    } finally {
      if (timer !== false) clearInterval(timer);
    }
  }

  /** Tells the source and waits until the server has polled it twice since. */
  async #switch(mode: "hold" | "refresh"): Promise<void> {
    await fetchRaw({ host: this.source.host, path: `/${mode}`, method: "POST" });
    const { poller: { polls } } = await this.#stats();
    await waitUntil(`two polls in mode ${mode}`, SETTLE_MS_MAX, async () => {
      return (await this.#stats()).poller.polls >= polls + 2 ? true : null;
    }, 50);
  }

  #sampleMemory(): void {
    this.#rss_bytes.push(readMemory(this.server.pid).rss_bytes);
  }

  #stats(): Promise<StatsAnswer> {
    return fetchJson<StatsAnswer>(this.server.host, "/stats");
  }

  #sent(): Promise<SourceCounts> {
    return fetchJson<SourceCounts>(this.source.host, "/sent");
  }
}
