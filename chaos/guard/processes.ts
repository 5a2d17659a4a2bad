/** What /proc tells about processes: whether a pid is still the same process, and whose it is. */

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start; null where the system has no /proc. */
  readonly start_ticks: number | null;
}

/** States of /proc/PID/stat in which a process is over: zombie and dead. */
const OVER = ["Z", "X", "x"];

/** Place of `state` and `starttime` after the program's name (proc(5), fields 3 and 22). */
const STATE = 0, START_TIME = 19;

/**
 * Start of a running process, from a line of /proc/PID/stat; null where it is over. The program's
 * name is in parentheses and may itself hold spaces and parentheses.
 *
 * ```ts
 * startTicksOf("7 (a b) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 …"); // 4711
 * ```
 */
export function startTicksOf(stat: string): number | null {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return OVER.includes(fields[STATE]) ? null : Number(fields[START_TIME]);
}

/** Identity of a process that runs now; null where none does. */
export function identify(pid: number): ProcessIdentity | null {
  try {
    const start_ticks = startTicksOf(Deno.readTextFileSync(`/proc/${pid}/stat`));
    return start_ticks === null ? null : { pid, start_ticks };
  } catch {
    return hasProc() ? null : { pid, start_ticks: null };
  }
}

/** Whether that very process still runs; without /proc it is taken to. */
export function isRunning({ pid, start_ticks }: ProcessIdentity): boolean {
  const now = identify(pid);
  return now !== null && (start_ticks === null || now.start_ticks === start_ticks);
}

/** Processes whose environment sets the variable to this value, children's children included. */
export function processesMarked(name: string, value: string): ProcessIdentity[] {
  const mark = `${name}=${value}`;
  const found: ProcessIdentity[] = [];
  for (const pid of pids()) {
    const environ = readOrNull(`/proc/${pid}/environ`);
    if (environ === null || !environ.split("\0").includes(mark)) continue;
    const identity = identify(pid);
    if (identity !== null) found.push(identity);
  }
  return found;
}

function pids(): number[] {
  if (!hasProc()) return [];
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);
}

function hasProc(): boolean {
  return readOrNull("/proc/self/stat") !== null;
}

/** Processes end while one looks, and those of other users are not shown. */
function readOrNull(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

/** How long they may take to end by themselves after SIGTERM, in milliseconds. */
export const TERM_MS_MAX = 1_000;
/** How long SIGKILL may take to show, in milliseconds. */
export const KILL_MS_MAX = 500;
/** Time between two looks, in milliseconds. */
const LOOK_EVERY_MS = 20;

/** One to be ended. */
export interface Victim {
  readonly identity: ProcessIdentity;
  readonly name: string;
}

/** How processes are looked at and reached. */
export interface ProcessWorld {
  /** Who is to be ended, as of now: more may turn up. */
  victims(): readonly Victim[];
  isRunning(identity: ProcessIdentity): boolean;
  signal(pid: number, signal: "SIGTERM" | "SIGKILL"): void;
  now(): number;
  pause(pause_ms: number): Promise<void>;
}

/**
 * SIGTERM to all, SIGKILL after {@link TERM_MS_MAX} to those that still run. A pid that has been
 * given to another process is not touched. Gives those that still run at the end.
 */
export async function endProcesses(
  world: ProcessWorld,
  onStep: (step: string) => void,
): Promise<Victim[]> {
  const running = () => world.victims().filter(({ identity }) => world.isRunning(identity));
  const sendTo = (victims: Victim[], signal: "SIGTERM" | "SIGKILL") => {
    for (const { identity, name } of victims) {
      try {
        world.signal(identity.pid, signal);
        onStep(`${signal} to ${name} (pid ${identity.pid})`);
      } catch {
        // It ended between the look and the signal.
      }
    }
  };
  const waitFor = async (wait_ms: number) => {
    const until_ms = world.now() + wait_ms;
    while (running().length > 0 && world.now() < until_ms) await world.pause(LOOK_EVERY_MS);
    return running();
  };
  sendTo(running(), "SIGTERM");
  const stubborn = await waitFor(TERM_MS_MAX);
  sendTo(stubborn, "SIGKILL");
  return await waitFor(KILL_MS_MAX);
}
