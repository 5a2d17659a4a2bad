/**
 * Runs a plan: its phases in order, then cleans up whatever happened.
 *
 *     preflight → baseline → fault → lift → recover → verify
 */
import { firstValue, pause, within } from "../../tools/verdict/mod.ts";
import type { Phase, TroubleRecord } from "../journal/mod.ts";
import { brokenInBaseline } from "../judge/mod.ts";
import { type ScenarioPlan, seededRandom, settleTime } from "../vocabulary/mod.ts";
import { differences, FaultSchedule, rollBack } from "./fault_schedule.ts";
import { type Lab, SOURCE_PATH, startLab } from "./lab.ts";
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
import { type LoadTarget, loadTarget } from "./load/load_answers.ts";
import { type LoadOptions, type LoadProcess, startLoad } from "./load/load_process.ts";
import { loadStepActuator } from "./load/load_step.ts";
import { LoadWindows, WINDOW_MS } from "./load/load_windows.ts";
import { messageOf } from "./messages.ts";
import { looksReady } from "./preflight.ts";
import { Prober, watchStats } from "./probes/prober.ts";
import { drawCells, SourceWatch } from "./probes/source_watch.ts";
import { RecoveryWatch } from "./recovery.ts";
import { HeldJournal, type RunOptions, runRecord } from "./run_record.ts";
import { Parts, Watches } from "./watches.ts";

/** Runs the plan and records it in the journal. Failures of the run are recorded, not thrown. */
export async function runPlan(plan: ScenarioPlan, options: RunOptions): Promise<void> {
  await new PlanRun(plan, options).run();
}

class PlanRun {
  readonly #plan: ScenarioPlan;
  readonly #options: RunOptions;
  readonly #journal: HeldJournal;
  readonly #windows: LoadWindows;
  /** Aborts if the run must end early. */
  readonly #end_early = new AbortController();
  readonly #parts = new Parts();
  #recovery: RecoveryWatch;
  #load: LoadProcess | null = null;
  #target: LoadTarget | null = null;

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
      onAdded: (subject) => this.#probeSubject(subject),
    });
  }

  /** Runs all phases in a started lab; returns the differences that remain. */
  async #withLab(lab: Lab): Promise<string[]> {
    const plan = this.#plan;
    const load_step = loadStepActuator(
      plan.load,
      (profile, onSample) => this.#startLoad(lab, { profile, onSample }),
    );
    const actuators = [...lab.actuators, load_step];
    const schedule = new FaultSchedule({
      faults: plan.faults,
      actuatorFor: ({ fault }) =>
        fault.kind === "resource.load_step"
          ? load_step
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
        await schedule.run(plan.cold_start ? () => this.#startSubjects(lab) : undefined);
      }
    } catch (error) {
      this.#trouble("preflight", messageOf(error));
    } finally {
      await schedule.liftAll();
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
    const source = new SourceWatch(lab.source_host, SOURCE_PATH, add);
    this.#parts.add("the source watch", () => source.stop());
    const table = await within("the source's first snapshot", source.first, SOURCE_SEEN_MS_MAX);
    const cells = drawCells(table, seededRandom(seed, "cells"));
    this.#target = loadTarget(lab.subject, table, seededRandom(seed, "load paths"));
    this.#windows.readAnswer = this.#target.read;
    const list_cells = [...cells, ...this.#target.cells];
    source.watch(list_cells);
    await this.#open(lab);
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
    this.#parts.add("the watches", () => watches.stop());
    const onEntry: typeof add = (entry, t_ms) => {
      if (entry.kind === "probe") this.#recovery.record({ t_ms: 0, ...entry });
      add(entry, t_ms);
    };
    this.#probeSubject = (index) => {
      const { subject } = lab;
      const random = seededRandom(seed, index === 0 ? "probes" : `probes of ${index}`);
      const hosts = lab.subjectHosts();
      const options = { subject, index, subjects: hosts.length, cells, list_cells, random, now };
      const prober = new Prober({ ...options, add: onEntry, host: lab.probeHost(index) });
      this.#parts.add("the probes", () => prober.stop());
      const stats = watchStats(subject, hosts[index], index, add);
      this.#parts.add("the stats watch", () => stats.stop());
    };
    if (this.#plan.cold_start) return;
    await this.#startSubjects(lab);
    this.#step(`waiting until ${lab.subject.name} has data`);
    const problem = await looksReady(lab, this.#end_early.signal);
    if (problem !== null) throw new Error(problem);
  }

  #probeSubject: (subject: number) => void = () => {};

  async #startSubjects(lab: Lab): Promise<void> {
    this.#step(`starting ${lab.subject.name}`);
    await lab.startSubjects();
    for (const i of lab.subjectHosts().keys()) this.#probeSubject(i);
    this.#step("starting the load");
    const { load, cold_start } = this.#plan;
    const warm_up_ms = cold_start ? 0 : WARM_UP_MS;
    const control_url = `http://${lab.control_host}/`;
    this.#load = await this.#startLoad(lab, { profile: load, warm_up_ms, control_url });
    this.#load.failed.catch((error) => this.#trouble("load", messageOf(error)));
  }

  async #startLoad(
    lab: Lab,
    { profile, warm_up_ms, control_url, onSample = () => {} }:
      & Pick<LoadOptions, "profile" | "warm_up_ms" | "control_url">
      & Partial<Pick<LoadOptions, "onSample">>,
  ): Promise<LoadProcess> {
    const load = await startLoad({
      profile,
      base_url: `http://${lab.client_host}`,
      control_url,
      target: this.#target!,
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
    if (!await this.#until(() => this.#windows.has_samples, FIRST_SAMPLE_MS_MAX)) {
      if (this.#is_ending) return;
      const stderr = this.#load?.complaint() ?? "(nothing)";
      return this.#trouble("load", `no sample within ${FIRST_SAMPLE_MS_MAX} ms; stderr: ${stderr}`);
    }
    this.#step("warming up");
    await pause(WARM_UP_MS + SETTLE_MS, signal);
    if (this.#is_ending) return;
    this.#phase("baseline");
    await pause(this.#plan.baseline_ms, signal);
    const broken = brokenInBaseline(this.#options.journal.records);
    if (broken !== null) this.#trouble("baseline", `${broken}: mend this first`);
  }

  async #recover(): Promise<void> {
    const { quick, recover } = this.#plan;
    const { now } = this.#options;
    this.#phase("recover");
    this.#recovery = new RecoveryWatch(this.#plan);
    const wait_ms_max = quick ? QUICK_RECOVERY_MS_MAX : RECOVERY_MS_MAX;
    await this.#until(() => this.#recovery.is_recovered, Math.max(recover.within_ms, wait_ms_max));
    // The current window of the load may contain answers from before the recovery. The clock
    // decides, because timers may fire a millisecond early.
    const window_end_ms = (Math.floor(now() / WINDOW_MS) + 1) * WINDOW_MS;
    await this.#until(() => now() > window_end_ms, 2 * WINDOW_MS);
    if (this.#is_ending) return;
    this.#phase("verify");
    const verify_ms = quick ? QUICK_VERIFY_MS : VERIFY_MS;
    await pause(settleTime(this.#plan.settings) + verify_ms, this.#end_early.signal);
  }

  /** Whether the condition came true before the deadline and the run's end. */
  async #until(condition: () => boolean, wait_ms_max: number): Promise<boolean> {
    const { signal } = this.#end_early;
    return await firstValue(condition, { wait_ms_max, signal }) ?? false;
  }

  get #is_ending(): boolean {
    return this.#end_early.signal.aborted;
  }

  /** Reports a step at once; the journal still waits for the run record. */
  readonly #step = (step: string): void => this.#options.onStep?.(step, this.#options.now());

  #phase(phase: Phase): void {
    this.#journal.add({ kind: "phase", phase });
  }

  /** Records the first trouble and ends the run. */
  #trouble(what: TroubleRecord["what"], detail: string): void {
    if (this.#is_ending) return;
    this.#journal.add({ kind: "trouble", what, detail });
    this.#end_early.abort();
  }

  async #open(lab: Lab | null): Promise<void> {
    this.#journal.open(await runRecord(this.#plan, this.#options, lab, this.#target));
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
