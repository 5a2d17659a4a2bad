/** Replicas that share a store: how soon another takes over, and how soon a started one serves. */
import type { ProbeRecord, ProcessRecord } from "../../journal/mod.ts";
import { counted, duration } from "../format.ts";
import { subjectOf } from "../replicas.ts";
import type { FaultSpan, Run } from "../run.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import { bySubject, dataProbes, describeProbe, hasData, isDataProbe } from "./responses.ts";
import { sightingsOf } from "./sightings.ts";

/** Subjects that started after the preflight: restarted by a fault, or added. */
export function restartsOf(run: Run): ProcessRecord[] {
  const from_ms = run.faults[0]?.apply_ms ?? Infinity;
  return run.processes.filter(({ process, action, t_ms }) =>
    action === "started" && t_ms >= from_ms && subjectOf(process) !== null
  );
}

/**
 * Death or freeze of the leader → the first response of each other replica from a snapshot that the
 * source took after it, in ms; the slowest replica counts. Such a snapshot cannot be the dead
 * leader's.
 *
 * Predicted: lease + poll interval + fetch + sampling.
 */
export const failover: ReadMeasure = (run) => {
  const wanted = { samples_min: 1, noun: "death of a leader" };
  const death = deathOf(run);
  if (death === null) return reading(wanted);
  const { process, action, t_ms } = death;
  const after = { from_ms: t_ms, to_ms: run.last_ms };
  const replicas = bySubject(dataProbes(run, [after]));
  replicas.delete(subjectOf(process)!);
  if (replicas.size === 0) return reading({ ...wanted, doubt: "no other replica was probed" });
  const taken_after = new Set(
    sightingsOf(run, [after]).filter(({ taken_ms }) => taken_ms > run.epoch_ms + t_ms)
      .map(({ probe }) => probe),
  );
  const arrivals = [...replicas.values()].map((probes) => arrivalIn(probes, taken_after))
    .toSorted((a, b) => a.to_ms - b.to_ms);
  const [first] = arrivals, last = arrivals[arrivals.length - 1];
  const missing = arrivals.find(({ has_arrived }) => !has_arrived);
  const text = `${process} was ${action} at ${duration(t_ms)}; ${describeProbe(last.probe)}`;
  return reading({
    ...wanted,
    value: last.to_ms - t_ms,
    samples: arrivals.length,
    at: { t_ms: last.to_ms, text },
    interval: [Math.max(0, last.from_ms - t_ms), last.to_ms - t_ms],
    doubt: missing === undefined ? null : "a replica had no new snapshot while the run watched",
    note: `${process} was ${action}; the first replica had a new snapshot after ` +
      duration(first.to_ms - t_ms),
  });
};

/** The first leader that a fault killed or stopped; without reported roles, the first subject. */
function deathOf(run: Run): ProcessRecord | null {
  const led = (subject: number, t_ms: number) => {
    const before = run.roles.findLast((one) => one.subject === subject && one.from_ms <= t_ms);
    return before === undefined || before.role === "leader";
  };
  const isHit = ({ fault, apply_ms, off_ms }: FaultSpan, t_ms: number) =>
    ["process.kill", "process.freeze"].includes(fault.kind) && t_ms >= apply_ms &&
    t_ms <= (off_ms ?? Infinity);
  return run.processes.find(({ process, action, t_ms }) =>
    (action === "killed" || action === "stopped") && subjectOf(process) !== null &&
    run.faults.some((fault) => isHit(fault, t_ms)) && led(subjectOf(process)!, t_ms)
  ) ?? null;
}

/** When the first wanted response came, and the request of the one before it. */
function arrivalIn(probes: readonly ProbeRecord[], wanted: ReadonlySet<ProbeRecord>) {
  const at = probes.findIndex((probe) => wanted.has(probe));
  const probe = probes.at(at)!;
  const before = at > 0 ? probes[at - 1] : probe;
  const from_ms = before.t_ms - before.latency_ms;
  return { probe, from_ms, to_ms: probe.t_ms, has_arrived: at !== -1 };
}

/**
 * Start of a process → its first response with data, in ms, for each subject that a fault restarted
 * or added; the slowest counts.
 */
export const firstData: ReadMeasure = (run) => {
  const noun = "subject started under fault";
  const starts = restartsOf(run).map((start) => {
    const answers = answersOf(run, start);
    const at = answers.findIndex(hasData);
    const probe = answers.at(at);
    const before = answers[at - 1];
    return {
      start,
      probe,
      has_data: at !== -1,
      value: (probe?.t_ms ?? run.last_ms) - start.t_ms,
      low: before === undefined
        ? (probe?.t_ms ?? run.last_ms) - start.t_ms
        : before.t_ms - before.latency_ms - start.t_ms,
    };
  }).toSorted((a, b) => a.value - b.value);
  const slowest = starts.at(-1);
  if (slowest === undefined) return reading({ noun });
  const { start: { process, pid, t_ms }, probe, has_data, value, low } = slowest;
  return reading({
    noun,
    value,
    samples: starts.length,
    at: probe === undefined ? null : {
      t_ms: probe.t_ms,
      text: `${process} (pid ${pid}) started at ${duration(t_ms)}; ${describeProbe(probe)}`,
    },
    interval: [Math.max(0, low), value],
    doubt: has_data ? null : "no response had data while the run watched",
    note: `${counted(starts.length, "start")}${listeningAfter(run, slowest.start)}`,
  });
};

/** How much of the time the process took to answer at all: `; it listened after 420 ms`. */
function listeningAfter(run: Run, { pid, t_ms }: ProcessRecord): string {
  const ready = run.processes.find((record) => record.pid === pid && record.action === "ready");
  return ready === undefined ? "" : `; it listened after ${duration(ready.t_ms - t_ms)}`;
}

/**
 * Responses without data from a subject that a fault restarted or added: a count, predicted 0.
 * Connections refused while the process starts are no responses.
 */
export const refusedAfterStart: ReadMeasure = (run) => {
  const answered = restartsOf(run).flatMap((start) => answersOf(run, start))
    .filter(({ status }) => status !== 0);
  const refused = answered.filter((probe) => !hasData(probe));
  return reading({
    value: answered.length === 0 ? null : refused.length,
    samples: answered.length,
    noun: "response of a subject started under fault",
    at: refused.length === 0 ? null : { t_ms: refused[0].t_ms, text: describeProbe(refused[0]) },
    note: `${refused.length} of ${counted(answered.length, "response")}`,
  });
};

/** Probes of a process from its start until a fault ends or stops it. */
function answersOf(run: Run, { process, t_ms: from_ms }: ProcessRecord): ProbeRecord[] {
  const subject = subjectOf(process);
  const to_ms =
    run.processes.find((record) =>
      record.process === process && record.t_ms > from_ms &&
      ["killed", "ended", "stopped"].includes(record.action)
    )?.t_ms ?? Infinity;
  return run.probes.filter((probe) =>
    isDataProbe(probe) && (probe.subject ?? 0) === subject && probe.t_ms < to_ms &&
    probe.t_ms - probe.latency_ms >= from_ms
  );
}
