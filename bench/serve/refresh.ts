/** Figures e and f: a steady load, and the memory, while 100,000 × 30 refresh every 2 s. */
import type { StatsAnswer } from "../../contracts/mod.ts";
import { fetchJson, fetchRaw } from "../http/mod.ts";
import {
  disturbanceNote,
  disturbed,
  judge,
  median,
  readMainThreadCpuMs,
  readMemory,
  takePasses,
} from "../judge/mod.ts";
import {
  CONNECTIONS,
  type DenoProcess,
  type Engine,
  getMetricRequests,
  LOOP_BLOCK_MS_MAX,
  MEMORY_PEAK_MB_MAX,
  MEMORY_STEADY_MB_MAX,
  type Outcome,
  type Pace,
  ready,
  REFRESH_EVERY_MS,
  REFRESHES_MIN,
  type Round,
  type SourceCounts,
  startMetricsServer,
  startRefreshSource,
  STEADY_RATE_PER_S,
  waitUntil,
} from "../arms/mod.ts";
import { loadChecks, type RefreshRounds, sentLate } from "./refresh_checks.ts";

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
    await this.#switch("hold");
    await this.#load(2_000);
    const { failures } = (await this.#stats()).poller;
    const { taken, foreign_share, left_out } = await takePasses(pace.rounds, (pass) => {
      onProgress(`pass ${pass + 1}, ${pace.rounds} wanted: 10,000 requests/s, hold and refresh`);
      return this.#takePass(pass);
    });
    const failed_polls = (await this.#stats()).poller.failures - failures;
    const doubts = disturbed(foreign_share);
    const rounds: RefreshRounds = {
      hold: taken.map(({ hold }) => hold),
      refresh: taken.map(({ refresh }) => refresh),
      refreshes: taken.map(({ refreshes }) => refreshes),
      blocks_ms: taken.map(({ block_ms }) => block_ms),
    };
    const { hold, refresh, refreshes } = rounds;
    this.outcome.arms.push(
      { label: "10,000/s · 100,000 × 30 held, no refresh", rounds: hold },
      { label: "10,000/s · refresh every 2 s", rounds: refresh },
    );
    this.outcome.checks.push(...loadChecks(rounds, pace.seconds, failed_polls, doubts));
    this.outcome.notes.push(
      `e: ${median(refreshes)} refreshes a round; the client itself sent late by p99 ` +
        `${sentLate(hold).toFixed(2)} ms without and ${sentLate(refresh).toFixed(2)} ms with them`,
      disturbanceNote("e", foreign_share, left_out),
      `e: longest block remembered after each pass: ${
        rounds.blocks_ms.map((ms) => ms.toFixed(1)).join(", ")
      } ms`,
    );
  }

  /** A round without refreshes and one with them, in the order of the pass. */
  async #takePass(pass: number) {
    await this.#forgetBlocks();
    const duration_ms = this.setup.pace.seconds * 1000;
    const hold = async () => {
      await this.#switch("hold");
      return await this.#load(duration_ms);
    };
    const refresh = async () => {
      await this.#switch("refresh");
      const { bodies } = await this.#sent();
      const round = await this.#load(duration_ms, true);
      return { round, refreshes: (await this.#sent()).bodies - bodies };
    };
    const first = pass % 2 === 0 ? await hold() : null;
    const { round, refreshes } = await refresh();
    const held = first ?? await hold();
    const { block_max_ms } = (await this.#stats()).event_loop;
    return { hold: held, refresh: round, refreshes, block_ms: block_max_ms };
  }

  /** Waits until blocks of the start, or of a disturbance, have left the server's record. */
  async #forgetBlocks(): Promise<void> {
    const blockMs = async () => (await this.#stats()).event_loop.block_max_ms;
    const block_ms = await blockMs();
    if (block_ms <= LOOP_BLOCK_MS_MAX) return;
    this.setup.onProgress(`waiting for a block of ${block_ms} ms to be forgotten`);
    await this.#switch("hold");
    await waitUntil(
      "a minute without blocks",
      LOOP_RECORD_MS_MAX,
      async () => await blockMs() <= LOOP_BLOCK_MS_MAX ? true : null,
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
