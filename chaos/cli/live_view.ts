/** Shows a running scenario: a block that is redrawn on a terminal, else a line for each event. */
import { bucketPercentile } from "../judge/mod.ts";
import type { JournalRecord, Phase } from "../journal/mod.ts";
import { engineText } from "../report/mod.ts";
import { durationText, type ScenarioPlan } from "../vocabulary/mod.ts";

/** Time between two redraws, in milliseconds. */
const DRAW_EVERY_MS = 250;

export interface LiveScreen {
  readonly is_terminal: boolean;
  readonly columns: number;
  write(text: string): void;
}

const PHASES: readonly Phase[] = ["preflight", "baseline", "fault", "lift", "recover", "verify"];
const BARS = "▁▂▃▄▅▆▇█";
const BARS_MAX = 48;

/** State of the view before the first record. */
function newState() {
  return {
    t_ms: 0,
    phase: "preflight" as Phase,
    phase_since_ms: 0,
    /** Current step of the preflight, else empty. */
    step: "",
    on: new Set<string>(),
    ages: [] as number[],
    p95s: [] as number[],
    requests: 0,
    failed: 0,
    probes: 0,
    probes_failed: 0,
    circuit: null as string | null,
  };
}

type State = ReturnType<typeof newState>;

/** Follows a run by its records. */
export class LiveView {
  readonly #plan: ScenarioPlan;
  readonly #screen: LiveScreen;
  readonly #state = newState();
  #has_shown_steps = false;
  #drawn_lines = 0;
  #drawn_at_ms = -Infinity;

  constructor(plan: ScenarioPlan, screen: LiveScreen) {
    this.#plan = plan;
    this.#screen = screen;
  }

  /** Shows a step of the preflight at once; its records come later, after the run record. */
  step(step: string, t_ms: number): void {
    this.#state.t_ms = Math.max(this.#state.t_ms, t_ms);
    this.#state.step = step;
    if (this.#screen.is_terminal) return this.#draw();
    if (!this.#has_shown_steps) {
      this.#screen.write(`${timeText(0)}  preflight of ${titleOf(this.#plan)}\n`);
    }
    this.#has_shown_steps = true;
    this.#screen.write(`${timeText(t_ms)}    ${step}\n`);
  }

  see(record: JournalRecord): void {
    // The first step has shown it.
    const is_shown = this.#has_shown_steps && record.kind === "phase" &&
      record.phase === "preflight";
    take(this.#state, record);
    if (!this.#screen.is_terminal) {
      // The run record has time 0, but its engines are known only now.
      const at_ms = record.kind === "run" ? this.#state.t_ms : record.t_ms;
      const line = is_shown ? null : lineOf({ ...record, t_ms: at_ms }, this.#plan);
      if (line !== null) this.#screen.write(`${line}\n`);
      return;
    }
    if (record.t_ms - this.#drawn_at_ms >= DRAW_EVERY_MS || record.kind === "phase") this.#draw();
  }

  /** Removes the block from the screen. */
  end(): void {
    if (this.#drawn_lines === 0) return;
    this.#screen.write(`\x1b[${this.#drawn_lines}A\x1b[J`);
    this.#drawn_lines = 0;
  }

  #draw(): void {
    const lines = screenLines(this.#plan, this.#state)
      .map((line) => [...line].slice(0, this.#screen.columns - 1).join(""));
    const up = this.#drawn_lines === 0 ? "" : `\x1b[${this.#drawn_lines}A`;
    this.#screen.write(`${up}${lines.map((line) => `\x1b[2K${line}\n`).join("")}`);
    this.#drawn_lines = lines.length;
    this.#drawn_at_ms = this.#state.t_ms;
  }
}

function take(state: State, record: JournalRecord): void {
  state.t_ms = Math.max(state.t_ms, record.t_ms);
  switch (record.kind) {
    case "phase":
      state.phase = record.phase;
      if (record.phase !== "preflight") state.step = "";
      state.phase_since_ms = record.t_ms;
      break;
    case "fault":
      if (record.action === "on") state.on.add(record.id);
      else state.on.delete(record.id);
      break;
    case "probe":
      if (record.probe !== "getmetric") break;
      state.probes++;
      if (record.status !== 200) state.probes_failed++;
      if (record.age_ms !== null) keep(state.ages, record.age_ms);
      break;
    case "load":
      state.requests += record.requests;
      state.failed += record.failed;
      keep(state.p95s, bucketPercentile(record.durations, 95));
      break;
    case "stats":
      if (record.subject === 0) state.circuit = record.circuit;
  }
}

function keep(values: number[], value: number): void {
  if (!Number.isFinite(value)) return;
  values.push(value);
  if (values.length > 1_000) values.splice(0, 500);
}

/** The block on a terminal. */
function screenLines(plan: ScenarioPlan, state: State): string[] {
  const { phase, t_ms, phase_since_ms, on, ages, p95s } = state;
  const at = PHASES.indexOf(phase);
  const length_ms = phaseLength(plan, phase);
  const elapsed = durationText(Math.round((t_ms - phase_since_ms) / 100) * 100);
  const of = length_ms === null ? "" : ` of ${durationText(length_ms)}`;
  const now = `▶ ${phase} ${elapsed}${of}${state.step === "" ? "" : `: ${state.step}`}`;
  const steps = PHASES.map((name, i) => i < at ? `${name} ✓` : i === at ? now : name);
  const faults = plan.faults.filter(({ id }) => on.has(id)).map(({ fault }) => fault.text);
  const age = ages.at(-1), p95 = p95s.at(-1);
  return [
    `${titleOf(plan)}  ${durationText(Math.round(t_ms / 100) * 100)}`,
    `  ${steps.join(" · ")}`,
    `  faults   ${faults.length === 0 ? "none" : faults.join("; ")}`,
    `  age      ${cell(age === undefined ? "–" : durationText(Math.round(age)))} ${bars(ages)}`,
    `  p95      ${cell(p95 === undefined ? "–" : `${p95.toFixed(1)} ms`)} ${bars(p95s)}`,
    `  errors   ${state.failed} of ${state.requests} requests, ` +
    `${state.probes_failed} of ${state.probes} probes; circuit ${state.circuit ?? "unknown"}`,
  ];
}

function phaseLength(plan: ScenarioPlan, phase: Phase): number | null {
  if (phase === "baseline") return plan.baseline_ms;
  if (phase !== "fault") return null;
  return Math.max(...plan.faults.map(({ at_ms, for_ms }) => at_ms + for_ms));
}

function cell(text: string): string {
  return text.padEnd(9);
}

/** Values as bars from 0 to the maximum; skips values if there are too many. */
function bars(values: readonly number[]): string {
  const step = Math.max(1, Math.ceil(values.length / BARS_MAX));
  const shown = values.filter((_, i) => i % step === 0);
  const max = Math.max(...shown);
  return shown.map((value) =>
    BARS[max > 0 ? Math.min(BARS.length - 1, Math.floor(value / max * BARS.length)) : 0]
  ).join("");
}

function titleOf({ name, quick }: ScenarioPlan): string {
  return `${name}${quick ? " (quick)" : ""}`;
}

function timeText(t_ms: number): string {
  return `${(t_ms / 1000).toFixed(1).padStart(6)} s`;
}

/** A record's line without a terminal, or null. */
function lineOf(record: JournalRecord, plan: ScenarioPlan): string | null {
  const time = timeText(record.t_ms);
  switch (record.kind) {
    case "run": {
      const { engines, seed, subject } = record;
      const faults = engineText(engines.tcp, (tcp) => `TCP faults by ${tcp}`);
      const title = titleOf(plan);
      return `${time}  ${title}: ${subject}, seed ${seed}, ${faults}, load by ${engines.load}`;
    }
    case "phase":
      return `${time}  ${record.phase}`;
    case "fault": {
      const { fault } = plan.faults.find(({ id }) => id === record.id)!;
      const what = record.action === "on" ? fault.text : fault.inverse;
      return `${time}    ${record.error === null ? what : `${record.id}: ${record.error}`}`;
    }
    case "trouble":
      return `${time}  ${record.what}: ${record.detail}`;
    case "rollback":
      return `${time}    rollback: ${record.step}: ${record.ok ? "ok" : "failed"}`;
    default:
      return null;
  }
}
