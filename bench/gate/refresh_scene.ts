/** Scene with 100,000 × 30: a server with and without refreshes, a bare one beside it. */
import {
  bareAnswerOf,
  type DenoProcess,
  getMetricRequests,
  type Outcome,
  type Pair,
  ready,
  RefreshedServer,
  type Round,
  roundText,
  type ServiceProgram,
  startBareServer,
  STEADY_RATE_PER_S,
  steadyLoad,
  takePair,
  watchProcess,
} from "../rig/mod.ts";
import { disturbanceNote, disturbed, takePasses } from "../../tools/verdict/mod.ts";
import { type AgeRecord, judgeAges } from "./age_truth.ts";
import { refreshSourceReader, startAgeWitness } from "./age_witness.ts";
import { judgeComparison, REFRESH_COMPARISONS } from "./baseline_claims.ts";
import type { SceneSetup } from "./default_scene.ts";
import { judgeGrowth, judgePolls, PER_POLL, pollsIn } from "./growth_claims.ts";
import { judgeRefreshPasses, REFRESH_SCENE, type RefreshPass } from "./refresh_claims.ts";
import { SLOW_MS } from "./steady_claims.ts";

/** Request of the age witness. */
const [{ path: PATH }] = getMetricRequests(100_000);
/** Oldest data while 100,000 × 30 refresh every 2 s: two polls and the parsing under load. */
const AGE_MS_MAX = 5_000;
/**
 * Load with a new snapshot per poll before the first pass: V8 compiles the code of a refresh during
 * the first twenty or so.
 */
const WARMUP_MS = 10_000;
/** The rate of the scene is shared by metrics_server and the bare server beside it. */
const RATE_PER_S = STEADY_RATE_PER_S / 2;

/** The servers of the scene, warm. Disposal stops them. */
export class RefreshScene implements AsyncDisposable {
  private constructor(
    readonly setup: SceneSetup,
    readonly head: RefreshedServer,
    readonly base: RefreshedServer | null,
    readonly bare: DenoProcess,
    readonly started: AsyncDisposable,
  ) {}

  /** Starts early: blocks of the start are forgotten while other scenes run. */
  static async start(setup: SceneSetup): Promise<RefreshScene> {
    const { baseline, own, onProgress } = setup;
    await using stack = new AsyncDisposableStack();
    const start = async (name: string, program: ServiceProgram) =>
      stack.use(await RefreshedServer.start(`${name} (100,000 × 30)`, own, program));
    const head = await start("metrics_server", setup.program);
    const base = baseline === null
      ? null
      : await start(`metrics_server at ${baseline.name}`, baseline.program);
    const real = await ready(head.server, PATH);
    const bare = stack.use(await startBareServer("bare Deno.serve", bareAnswerOf(real)));
    onProgress("warming up: refresh after refresh");
    for (const one of base === null ? [head] : [head, base]) {
      await one.warmUp(() => loadBoth(setup, one, bare, WARMUP_MS, 0));
      await one.switch("hold");
    }
    return new RefreshScene(setup, head, base, bare, stack.move());
  }

  async measure(): Promise<Outcome> {
    const { head, setup } = this;
    const { baseline, pace, onProgress } = setup;
    const { poller: before } = await head.stats();
    await using watch = watchProcess(head.server);
    const { taken, foreign_share, left_out } = await takePasses(pace.rounds, (pass) => {
      const what = "10,000 requests/s, hold and refresh";
      onProgress(`${roundText(pass, pace.rounds)}: ${what}`, pass);
      return this.#takePass(pass);
    }, pace);
    const ages = await this.#watchAges();
    const failed_polls = (await head.stats()).poller.failures - before.failures;
    const doubts = disturbed(foreign_share);
    return {
      contenders: contendersOf(taken, baseline?.name ?? null),
      checks: [
        ...judgeRefreshPasses(taken, { seconds: pace.seconds, failed_polls }, doubts),
        ...judgeGrowth(REFRESH_SCENE, watch.samples, PER_POLL),
        judgePolls(REFRESH_SCENE, pollsIn(watch.samples), head.poll_ms),
        ...judgeAges(REFRESH_SCENE, ages, AGE_MS_MAX, doubts),
        ...baseline === null ? [] : REFRESH_COMPARISONS.map((comparison) => {
          const [ours, theirs] = [
            taken.map(({ refresh }) => refresh.subject),
            taken.map(({ base }) => base!),
          ];
          return judgeComparison(comparison, baseline.name, ours, theirs, doubts);
        }),
      ],
      notes: [disturbanceNote(REFRESH_SCENE, foreign_share, left_out)],
    };
  }

  /** Takes one pass; odd passes reverse the order. */
  async #takePass(pass: number): Promise<RefreshPass> {
    const { setup, head, base, bare } = this;
    const duration_ms = setup.pace.seconds * 1000;
    const load = (server: RefreshedServer) => () =>
      loadBoth(setup, server, bare, duration_ms, pass);
    await base?.switch("hold");
    if (setup.pace.repeat_disturbed) await head.forgetBlocks(setup.onProgress);
    const steps: (() => Promise<Partial<RefreshPass>>)[] = [
      async () => ({ hold: (await head.during("hold", load(head))).loaded }),
      async () => {
        const remembered_ms = await head.blockMs();
        const { loaded, refreshes } = await head.during("refresh", load(head));
        return { refresh: loaded, refreshes, remembered_ms, block_ms: await head.blockMs() };
      },
      async () => {
        if (base === null) return { base };
        await head.switch("hold");
        const { loaded } = await base.during("refresh", load(base));
        await base.switch("hold");
        return { base: loaded.subject };
      },
    ];
    const taken: Partial<RefreshPass> = {};
    for (const step of pass % 2 === 0 ? steps : steps.toReversed()) {
      Object.assign(taken, await step());
    }
    return taken as RefreshPass;
  }

  /** Observes ages in a round of its own: the witness uses CPU time and would raise the p99. */
  async #watchAges(): Promise<AgeRecord> {
    const { head, setup } = this;
    await head.switch("refresh");
    const witness = startAgeWitness(head.server, PATH, refreshSourceReader(head.source));
    await head.refresh(setup.pace.seconds * 1000).finally(() => witness.stop());
    return await witness.stop();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.started[Symbol.asyncDispose]();
  }
}

function loadBoth(
  { own }: SceneSetup,
  { server }: RefreshedServer,
  control: DenoProcess,
  duration_ms: number,
  pass: number,
): Promise<Pair> {
  const load = { ...steadyLoad(duration_ms, RATE_PER_S), slow_ms: SLOW_MS };
  return takePair(own, { subject: server, control }, load, pass);
}

function contendersOf(
  passes: readonly RefreshPass[],
  base_name: string | null,
): Outcome["contenders"] {
  const of = (label: string, pick: (pass: RefreshPass) => Round) => (
    { label, rounds: passes.map(pick) }
  );
  return [
    of("5,000/s · 100,000 × 30 held, no refresh", ({ hold }) => hold.subject),
    of("5,000/s · refresh every 2 s", ({ refresh }) => refresh.subject),
    of("5,000/s · bare Deno.serve · no refresh beside it", ({ hold }) => hold.control),
    of("5,000/s · bare Deno.serve · refreshes beside it", ({ refresh }) => refresh.control),
    ...base_name === null ? [] : [of(`the same at ${base_name}`, ({ base }) => base!)],
  ];
}
