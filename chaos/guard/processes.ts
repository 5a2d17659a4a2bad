/** Identifies and ends processes, by /proc. */

/** Identity of a process, which a later process with the same pid does not share. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start; null on a system without /proc. */
  readonly start_ticks: number | null;
}

/** States of a process that has ended: zombie and dead. */
const ENDED_STATES = ["Z", "X", "x"];

/** Indexes of `state` and `starttime` in {@link statFields}. */
const STATE = 0, START_TIME = 19;

/** Fields of /proc/PID/stat after the program's name, see proc_pid_stat(5). Throws without it. */
export function readStat(pid: number | "self"): string[] {
  return statFields(Deno.readTextFileSync(`/proc/${pid}/stat`));
}

/** The name is in parentheses and may itself contain spaces and parentheses. */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** Start of a running process, from a line of /proc/PID/stat; null if it has ended. */
export function startTicksOf(stat: string): number | null {
  const fields = statFields(stat);
  return ENDED_STATES.includes(fields[STATE]) ? null : Number(fields[START_TIME]);
}

/** Identity of a running process, or null. */
export function identify(pid: number): ProcessIdentity | null {
  try {
    const start_ticks = startTicksOf(Deno.readTextFileSync(`/proc/${pid}/stat`));
    return start_ticks === null ? null : { pid, start_ticks };
  } catch {
    return hasProc() ? null : { pid, start_ticks: null };
  }
}

/** Whether this very process still runs; true on a system without /proc. */
export function isRunning({ pid, start_ticks }: ProcessIdentity): boolean {
  const now = identify(pid);
  return now !== null && (start_ticks === null || now.start_ticks === start_ticks);
}

/** Processes with this environment variable, descendants included. */
export function processesMarked(name: string, value: string): ProcessIdentity[] {
  const mark = `${name}=${value}`;
  return pids().filter((pid) => environmentOf(pid).includes(mark))
    .map(identify).filter((identity) => identity !== null);
}

/** Pids of all processes; empty on a system without /proc. */
export function pids(): number[] {
  if (!hasProc()) return [];
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);
}

/** `NAME=value` pairs; empty if the process has ended or belongs to another user. */
export function environmentOf(pid: number): string[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0");
  } catch {
    return [];
  }
}

function hasProc(): boolean {
  try {
    return readStat("self").length > 0;
  } catch {
    return false;
  }
}

/** Time from SIGTERM to SIGKILL, in milliseconds. */
const TERM_MS_MAX = 1_000;
/** Longest wait after SIGKILL, in milliseconds. */
const KILL_MS_MAX = 500;
/** Time between two checks, in milliseconds. */
const CHECK_EVERY_MS = 20;

export interface Victim {
  readonly identity: ProcessIdentity;
  readonly name: string;
}

/** System calls of {@link endProcesses}. */
export interface ProcessControl {
  /** Processes to end; more may appear later. */
  victims(): readonly Victim[];
  isRunning(identity: ProcessIdentity): boolean;
  signal(pid: number, signal: "SIGTERM" | "SIGKILL"): void;
  now(): number;
  pause(pause_ms: number): Promise<void>;
}

/**
 * Sends SIGTERM, and SIGKILL after {@link TERM_MS_MAX}; returns the processes that still run. It
 * never signals a process that has taken over a pid.
 */
export async function endProcesses(
  control: ProcessControl,
  onStep: (step: string) => void,
): Promise<Victim[]> {
  const running = () => control.victims().filter(({ identity }) => control.isRunning(identity));
  const sendToAll = (signal: "SIGTERM" | "SIGKILL") => {
    for (const { identity, name } of running()) {
      try {
        control.signal(identity.pid, signal);
        onStep(`${signal} to ${name} (pid ${identity.pid})`);
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  const waitForEnd = async (wait_ms: number) => {
    const end_ms = control.now() + wait_ms;
    while (running().length > 0 && control.now() < end_ms) await control.pause(CHECK_EVERY_MS);
  };
  sendToAll("SIGTERM");
  await waitForEnd(TERM_MS_MAX);
  sendToAll("SIGKILL");
  await waitForEnd(KILL_MS_MAX);
  return running();
}
