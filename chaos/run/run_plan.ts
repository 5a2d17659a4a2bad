/** One run of a plan: its phases in order, and everything as before at its end, whatever happens. */
import type { Phase, TroubleRecord } from "../journal/mod.ts";
import { type ScenarioPlan, seededRandom } from "../vocabulary/mod.ts";
import { drawCells, SourceWatch } from "./probes/source_watch.ts";
import { Prober, StatsWatch } from "./probes/prober.ts";
import { differences, FaultCourse, rollBack } from "./course.ts";
import { HeldJournal, runRecord } from "./run_record.ts";
import { type Lab, SOURCE_PATH, startLab } from "./lab.ts";
import { type LoadOptions, loadPaths, type LoadProcess, startLoad } from "./load/load_process.ts";
import { loadStepActuator } from "./load/load_step.ts";
import { LoadWindows, WINDOW_MS } from "./load/load_windows.ts";
import {
  FIRST_SAMPLE_MS_MAX,
  QUICK_RECOVERY_MS_MAX,
  QUICK_VERIFY_MS,
  RECOVERY_MS_MAX,
  SETTLE_MS,
  SOURCE_SEEN_MS_MAX,
  VERIFY_MS,
  WARM_UP_MS,
} from "./limits.ts";
import { Parts, Watches } from "./watches.ts";
import { calmFor, looksReady } from "./preflight.ts";
import { othersCpu } from "./probes/process_samples.ts";
import { RecoveryWatch } from "./recovery.ts";
import type { RunOptions } from "./run_options.ts";
import { messageOf, pause, until, within } from "./waiting.ts";

/** Runs the plan; all that is known of it is in the journal then. Never throws for what a run does. */
export async function runPlan(plan: ScenarioPlan, options: RunOptions): Promise<void> {
  const run = new PlanRun(plan, options);
  await run.run();
}

class PlanRun {
  readonly #plan: ScenarioPlan;
  readonly #options: RunOptions;
  readonly #journal: HeldJournal;
  #recovery: RecoveryWatch;
  readonly #windows: LoadWindows;
  /** Given when the run has to come to its end early. */
  readonly #end_early = new AbortController();
  readonly #parts = new Parts();
  #load: LoadProcess | null = null;
  #paths: string[] = [];

  constructor(plan: ScenarioPlan, options: RunOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#journal = new HeldJournal(options.journal, options.now);
    this.#recovery = new RecoveryWatch(plan);
    this.#windows = new LoadWindows(options.started_at_ms);
  }

  async run(): Promise<void> {
    const { interrupt } = this.#options;
    const onInterrupt = () => this.#trouble("interrupted", String(interrupt?.reason));
    interrupt?.addEventListener("abort", onInterrupt);
    this.#phase("preflight");
    let lab: Lab | null = null;
    let left: string[] = [];
    try {
      if (interrupt?.aborted) onInterrupt();
      else {
        lab = await this.#startLab();
        left = await this.#withLab(lab);
      }
    } catch (error) {
      this.#trouble("preflight", messageOf(error));
      await this.#open(lab);
    } finally {
      await this.#stopParts();
      if (lab !== null) left = [...left, ...await this.#endLab(lab)];
      interrupt?.removeEventListener("abort", onInterrupt);
      await this.#open(lab);
      this.#journal.add({ kind: "end", clean: left.length === 0, left });
    }
  }

  async #startLab(): Promise<Lab> {
    const { seed, subject, engine, engines, dir } = this.#options;
    return await startLab({
      plan: this.#plan,
      seed,
      subject,
      engine,
      engines,
      work_dir: dir,
      add: this.#journal.add,
      onTrouble: (what, detail) => this.#trouble(what, detail),
      onStep: this.#step,
    });
  }

  /** Everything between the lab's start and its end; returns what differs from before. */
  async #withLab(lab: Lab): Promise<string[]> {
    const plan = this.#plan;
    const step = loadStepActuator(
      plan.load,
      (profile, onSample) => this.#startLoad(lab, { profile, onSample }),
    );
    const actuators = [...lab.actuators, step];
    const course = new FaultCourse({
      faults: plan.faults,
      actuatorFor: ({ fault }) =>
        fault.kind === "resource.load_step"
          ? step
          : lab.actuators.find(({ layer }) => layer === fault.layer)!,
      add: this.#journal.add,
      onLift: () => this.#phase("lift"),
      signal: this.#end_early.signal,
    });
    let clean = true;
    try {
      await this.#preflight(lab, actuators);
      if (!plan.cold_start) await this.#baseline();
      if (!this.#is_ending) {
        this.#phase("fault");
        await course.run(plan.cold_start ? () => this.#startSubjects(lab) : undefined);
      }
    } catch (error) {
      this.#trouble("preflight", messageOf(error));
    } finally {
      await course.liftAll();
      clean = (await differences(actuators)).length === 0 ||
        await rollBack(actuators, this.#journal.add);
    }
    if (!this.#is_ending) await this.#recover();
    await this.#stopParts();
    return clean ? [] : await differences(actuators);
  }

  async #preflight(lab: Lab, actuators: Lab["actuators"]): Promise<void> {
    const { seed, now } = this.#options;
    const { add } = this.#journal;
    this.#step("reading the source");
    const watch = new SourceWatch(lab.source_host, SOURCE_PATH, add);
    this.#parts.add("the watch of the source", () => watch.stop());
    const { table } = await within(watch.first, SOURCE_SEEN_MS_MAX, "seeing the source");
    const cells = drawCells(table, seededRandom(seed, "cells"));
    watch.watch(cells);
    this.#paths = loadPaths(
      lab.subject,
      table.switches,
      table.metrics,
      seededRandom(seed, "load paths"),
    );
    await this.#open(lab);
    this.#parts.add("the watches", () => watches.stop());
    const watches = new Watches({
      lab,
      actuators,
      windows: this.#windows,
      vus: () => this.#load?.vus ?? null,
      now,
      add,
      onTrouble: (what, detail) => this.#trouble(what, detail),
      abort: this.#plan.abort,
    });
    this.#startProbes = () => {
      const random = seededRandom(seed, "probes");
      const { subject, client_host: host } = lab;
      const onEntry: typeof add = (entry, t_ms) => {
        if (entry.kind === "probe") this.#recovery.see({ t_ms: 0, ...entry });
        add(entry, t_ms);
      };
      const prober = new Prober({ subject, host, cells, random, add: onEntry });
      this.#parts.add("the probes", () => prober.stop());
      for (const [i, host] of lab.subjectHosts().entries()) {
        const stats = new StatsWatch(subject, host, i, add);
        this.#parts.add("the watch of a subject", () => stats.stop());
      }
    };
    if (this.#plan.cold_start) return;
    await this.#startSubjects(lab);
    this.#step(`waiting until ${lab.subject.name} has data`);
    const trouble = await looksReady(lab, this.#end_early.signal);
    if (trouble !== null) throw new Error(trouble);
  }

  #startProbes: () => void = () => {};

  async #startSubjects(lab: Lab): Promise<void> {
    this.#step(`starting ${lab.subject.name}`);
    await lab.startSubjects();
    this.#startProbes();
    this.#step("starting the load");
    const { load, cold_start } = this.#plan;
    const warm_up_ms = cold_start ? 0 : WARM_UP_MS;
    this.#load = await this.#startLoad(lab, { profile: load, warm_up_ms });
    this.#load.failed.catch((error) => this.#trouble("load", messageOf(error)));
  }

  async #startLoad(
    lab: Lab,
    { profile, warm_up_ms, onSample = () => {} }:
      & Pick<LoadOptions, "profile" | "warm_up_ms">
      & Partial<Pick<LoadOptions, "onSample">>,
  ): Promise<LoadProcess> {
    const load = await startLoad({
      profile,
      base_url: `http://${lab.client_host}`,
      paths: this.#paths,
      dir: this.#options.dir,
      epoch_of_start_ms: this.#options.started_at_ms,
      warm_up_ms,
      guard: lab.guard,
      onSample: (sample) => {
        this.#windows.add(sample);
        onSample(sample);
      },
    });
    this.#parts.add("the load", () => load.stop());
    return load;
  }

  async #baseline(): Promise<void> {
    const { signal } = this.#end_early;
    this.#step("waiting for the load's first samples");
    if (!await until(() => this.#windows.has_samples, FIRST_SAMPLE_MS_MAX, signal)) {
      if (this.#is_ending) return;
      const said = this.#load?.complaint() ?? "(nothing)";
      return this.#trouble("load", `no sample within ${FIRST_SAMPLE_MS_MAX} ms; stderr: ${said}`);
    }
    this.#step("warming up");
    await pause(WARM_UP_MS + SETTLE_MS, signal);
    this.#step("looking whether other programs leave the machine alone");
    await calmFor(this.#plan, { now: this.#options.now, signal, others_cpu_ms: othersCpu });
    if (this.#is_ending) return;
    this.#phase("baseline");
    await pause(this.#plan.baseline_ms, signal);
  }

  async #recover(): Promise<void> {
    const { quick } = this.#plan;
    const { signal } = this.#end_early;
    this.#phase("recover");
    this.#recovery = new RecoveryWatch(this.#plan);
    const wait_ms_max = Math.max(
      this.#plan.recover.within_ms,
      quick ? QUICK_RECOVERY_MS_MAX : RECOVERY_MS_MAX,
    );
    await until(() => this.#recovery.is_recovered, wait_ms_max, signal);
    // A window of the load that began before the recovery must not count as after it. Timers may
    // come a millisecond early, hence the clock is asked.
    const window_end_ms = (Math.floor(this.#options.now() / WINDOW_MS) + 1) * WINDOW_MS;
    await until(() => this.#options.now() > window_end_ms, 2 * WINDOW_MS, signal);
    if (this.#is_ending) return;
    this.#phase("verify");
    await pause(quick ? QUICK_VERIFY_MS : VERIFY_MS, signal);
  }

  get #is_ending(): boolean {
    return this.#end_early.signal.aborted;
  }

  /** Before it is taken: the journal, which waits for the run record, would tell too late. */
  readonly #step = (step: string): void => this.#options.onStep?.(step, this.#options.now());

  #phase(phase: Phase): void {
    this.#journal.add({ kind: "phase", phase });
  }

  /** Tells it once and brings the run to its end. */
  #trouble(what: TroubleRecord["what"], detail: string): void {
    if (this.#is_ending) return;
    this.#journal.add({ kind: "trouble", what, detail });
    this.#end_early.abort();
  }

  async #open(lab: Lab | null): Promise<void> {
    this.#journal.open(await runRecord(this.#plan, this.#options, lab));
  }

  async #stopParts(): Promise<void> {
    this.#windows.end(this.#options.now());
    await this.#parts.stop((detail) =>
      this.#journal.add({ kind: "trouble", what: "engine", detail })
    );
  }

  async #endLab(lab: Lab): Promise<string[]> {
    try {
      await lab[Symbol.asyncDispose]();
      return lab.left();
    } catch (error) {
      return [messageOf(error), ...lab.left()];
    }
  }
}
