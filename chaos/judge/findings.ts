/** What is wrong whatever a scenario claims. */
import type { Decision } from "./judgement.ts";
import type { Run } from "./run.ts";
import { instant } from "./quantity.ts";

/** A process under test that ended though nobody ended it, while it was still being asked. */
export function endedByItself(run: Run): (Decision & { sentence: string }) | null {
  const last_probe_ms = run.probes.at(-1)?.t_ms ?? 0;
  const ended = run.processes.find((record) => {
    const { process, action, pid, t_ms } = record;
    if (action !== "ended" || process === "data_server" || t_ms >= last_probe_ms) return false;
    if (!run.processes.some((one) => one.pid === pid && one.action === "ready")) return false;
    return !run.processes.some((one) => one.pid === pid && one.action === "killed");
  });
  if (ended === undefined) return null;
  const { process, pid, code, t_ms } = ended;
  const text = `${process} (pid ${pid}) ended by itself with code ${code ?? "unknown"}`;
  return { t_ms, text, sentence: `${text} at ${instant(t_ms)}` };
}

/** Why not everything is as it was; null where it is, or where nobody can know. */
export function rollbackFailure(run: Run): (Decision & { sentence: string }) | null {
  const { end } = run;
  if (end !== null && !end.clean) {
    const text = `left behind: ${end.left.join("; ") || "something"}`;
    return { t_ms: end.t_ms, text, sentence: `not everything is as it was: ${text}` };
  }
  const last = run.rollbacks.at(-1);
  if (last !== undefined && (!last.ok || last.diff.length > 0)) {
    const text = `${last.step}: ${last.diff.join("; ") || "did not work"}`;
    return { t_ms: last.t_ms, text, sentence: `the last step of the rollback failed: ${text}` };
  }
  // Lifting failed and nothing was tried after it, though the run went on to its end.
  const stuck = run.faults.find(({ off_error }) => off_error !== null);
  if (stuck === undefined || stuck.off_ms !== null || last !== undefined || end?.clean) return null;
  const text = `${stuck.id} could not be lifted: ${stuck.off_error}`;
  return { t_ms: stuck.on_ms, text, sentence: text };
}
