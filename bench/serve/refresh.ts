/** Figures e and f: a steady load and the memory while 100,000 × 30 refresh every 2 s. */
import {
  type Engine,
  MEMORY_PEAK_MB_MAX,
  MEMORY_STEADY_MB_MAX,
  type Outcome,
  type Pace,
  REFRESH_EVERY_MS,
  RefreshedServer,
  REFRESHES_MIN,
  roundText,
} from "../rig/mod.ts";
import {
  disturbanceNote,
  disturbed,
  judge,
  median,
  readMemory,
  takePasses,
  until,
} from "../../tools/verdict/mod.ts";
import { lagMs, loadChecks, type RefreshPass } from "./refresh_checks.ts";

const MEMORY_SAMPLE_MS = 250;
const MEBI = 1024 * 1024;

interface RefreshSetup {
  engine: Engine;
  pace: Pace;
  /** Wanted letters. */
  figures: ReadonlySet<string>;
  onProgress: (text: string) => void;
}

export async function measureRefresh(setup: RefreshSetup): Promise<Outcome> {
  const name = "metrics_server (100,000 × 30)";
  await using refreshed = await RefreshedServer.start(name, setup.engine);
  const run = new RefreshRun(setup, refreshed);
  if (setup.figures.has("e")) await run.measureLoad();
  if (setup.figures.has("f")) await run.measureMemory();
  return run.outcome;
}

class RefreshRun {
  readonly outcome: Outcome = { contenders: [], checks: [], notes: [] };
  readonly #rss_bytes: number[] = [];

  constructor(readonly setup: RefreshSetup, readonly refreshed: RefreshedServer) {}

  async measureLoad(): Promise<void> {
    const { pace, onProgress } = this.setup;
    onProgress("warming up: refresh after refresh");
    await this.refreshed.warmUp();
    const { failures } = (await this.refreshed.stats()).poller;
    const { taken, foreign_share, left_out } = await takePasses(pace.rounds, (pass) => {
      onProgress(`${roundText(pass, pace.rounds)}: 10,000 requests/s, hold and refresh`);
      return this.#takePass(pass);
    });
    const failed_polls = (await this.refreshed.stats()).poller.failures - failures;
    const doubts = disturbed(foreign_share);
    const [hold, refresh] = [taken.map(({ hold }) => hold), taken.map(({ refresh }) => refresh)];
    this.outcome.contenders.push(
      { label: "10,000/s · 100,000 × 30 held, no refresh", rounds: hold },
      { label: "10,000/s · refresh every 2 s", rounds: refresh },
    );
    const machine = { cores: navigator.hardwareConcurrency };
    this.outcome.checks.push(...loadChecks(taken, pace.seconds, failed_polls, doubts, machine));
    this.outcome.notes.push(
      `e: ${
        median(taken.map(({ refreshes }) => refreshes))
      } refreshes per round; the client's p99 lag is ` +
        `${lagMs(hold).toFixed(2)} ms without and ${lagMs(refresh).toFixed(2)} ms with them`,
      disturbanceNote("e", foreign_share, left_out),
      `e: longest event-loop block after each pass: ${
        taken.map(({ block_ms }) => block_ms.toFixed(1)).join(", ")
      } ms`,
    );
  }

  /** A round without refreshes and a round with them; odd passes reverse the order. */
  async #takePass(pass: number): Promise<RefreshPass> {
    const { refreshed } = this;
    await refreshed.forgetBlocks(this.setup.onProgress);
    const duration_ms = this.setup.pace.seconds * 1000;
    const first = pass % 2 === 0 ? await refreshed.hold(duration_ms) : null;
    const { round, refreshes } = await this.#refreshRound(duration_ms);
    const held = first ?? await refreshed.hold(duration_ms);
    return { hold: held, refresh: round, refreshes, block_ms: await refreshed.blockMs() };
  }

  async #refreshRound(duration_ms: number) {
    const timer = setInterval(() => this.#sampleMemory(), MEMORY_SAMPLE_MS);
    try {
      return await this.refreshed.refresh(duration_ms);
    } finally {
      clearInterval(timer);
    }
  }

  async measureMemory(): Promise<void> {
    await this.refreshed.switch("refresh");
    this.setup.onProgress(`memory until ${REFRESHES_MIN} refreshes`);
    const refreshes = await until(`${REFRESHES_MIN} refreshes`, async () => {
      this.#sampleMemory();
      const { poller } = await this.refreshed.stats();
      const refreshes = poller.successes - poller.not_modified;
      return refreshes > REFRESHES_MIN && refreshes;
    }, {
      wait_ms_max: REFRESHES_MIN * REFRESH_EVERY_MS * 3,
      look_every_ms: MEMORY_SAMPLE_MS,
      retry_errors: true,
    });
    // Memory still grows during the first half of the samples.
    const steady = this.#rss_bytes.slice(Math.floor(this.#rss_bytes.length / 2));
    const { peak_bytes } = readMemory(this.refreshed.server.pid);
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
        name: `100,000 × 30: peak memory, ${refreshes} refreshes`,
        samples: [peak_bytes / MEBI],
        bound: MEMORY_PEAK_MB_MAX,
      }),
    );
  }

  #sampleMemory(): void {
    this.#rss_bytes.push(readMemory(this.refreshed.server.pid).rss_bytes);
  }
}
