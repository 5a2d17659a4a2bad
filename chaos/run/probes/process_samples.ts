/** Memory, sockets and CPU time of processes, from /proc; null on a system without it. */
import { countSockets } from "../../../tools/verdict/mod.ts";
import { pids, readStat } from "../../guard/mod.ts";
import type { JournalEntry } from "../../journal/mod.ts";

/** Unit of CPU time in /proc on every Linux platform (USER_HZ). */
const TICKS_PER_S = 100;

const PAGE_BYTES = 4096;

/** Indexes in {@link readStat}. */
const PARENT = 1, UTIME = 11, STIME = 12, CHILDREN_UTIME = 13, CHILDREN_STIME = 14, RSS = 21;

type ProcessSample = Extract<JournalEntry, { kind: "process_sample" }>;

/** Waits by thread. */
type Waits = ReadonlyMap<string, number>;

/** Takes samples of processes, by their ids. */
export class ProcessSampler {
  /** Total wait of each thread at the last sample of its process, in ns. */
  readonly #waits = new Map<number, Waits>();
  readonly #waitsOf: (pid: number) => Waits | null;
  readonly #childrenOf: (pid: number) => readonly number[];

  /** @param waitsOf Total wait of each thread of a process, in ns; null if unknown. */
  constructor(waitsOf: (pid: number) => Waits | null = threadWaits, childrenOf = childrenIn) {
    this.#waitsOf = waitsOf;
    this.#childrenOf = childrenOf;
  }

  /** A sample of a process and its children, such as nginx's workers; null if it has ended. */
  sample(process: string, pid: number): ProcessSample | null {
    const own = this.#sampleOne(process, pid);
    if (own === null) return null;
    return this.#childrenOf(pid).map((child) => this.sample(process, child))
      .filter((child) => child !== null).reduce(together, own);
  }

  #sampleOne(process: string, pid: number): ProcessSample | null {
    try {
      const fields = readStat(pid);
      const cpu_ms = (Number(fields[UTIME]) + Number(fields[STIME])) * 1000 / TICKS_PER_S;
      const rss_mb = Number(fields[RSS]) * PAGE_BYTES / 1024 / 1024;
      const wait_ms = this.#longestWait(pid);
      return {
        kind: "process_sample",
        process,
        rss_mb,
        sockets: countSockets(pid),
        cpu_ms,
        wait_ms,
      };
    } catch {
      return null;
    }
  }

  /** Longest time that one thread waited for a core since the last sample, in ms. */
  #longestWait(pid: number): number | null {
    const before = this.#waits.get(pid), now = this.#waitsOf(pid);
    if (now === null) return null;
    this.#waits.set(pid, now);
    let longest_ns = 0;
    for (const [thread, wait_ns] of now) {
      longest_ns = Math.max(longest_ns, wait_ns - (before?.get(thread) ?? 0));
    }
    return Math.round(longest_ns / 1e4) / 100;
  }
}

function together(one: ProcessSample, other: ProcessSample): ProcessSample {
  const sum = (a: number | null, b: number | null) => a === null || b === null ? null : a + b;
  return {
    ...one,
    rss_mb: sum(one.rss_mb, other.rss_mb),
    sockets: sum(one.sockets, other.sockets),
    cpu_ms: sum(one.cpu_ms, other.cpu_ms),
    wait_ms: Math.max(one.wait_ms ?? 0, other.wait_ms ?? 0),
  };
}

/** Children of a process's main thread; empty on a system that does not list them. */
function childrenIn(pid: number): number[] {
  try {
    const pids = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim();
    return pids === "" ? [] : pids.split(" ").map(Number);
  } catch {
    return [];
  }
}

/** Time each thread of a process was runnable without a core, in ns, from /proc/…/schedstat. */
function threadWaits(pid: number): Waits | null {
  const waits = new Map<string, number>();
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
      try {
        const fields = Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ");
        waits.set(name, Number(fields[1]));
      } catch {
        // The thread has ended meanwhile.
      }
    }
  } catch {
    return null;
  }
  return waits.size === 0 ? null : waits;
}

/**
 * CPU time of all other programs, as the process `others`: the machine's CPU time without the lab
 * and its children, including children that have ended.
 */
export function sampleOthers(): Extract<JournalEntry, { kind: "process_sample" }> | null {
  try {
    const [line] = Deno.readTextFileSync("/proc/stat").split("\n", 1);
    // Fields: user nice system idle iowait irq softirq steal. Idle and iowait do not count.
    const [user, nice, system, , , irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number);
    const machine = user + nice + system + irq + softirq + steal;
    const cpu_ms = Math.max(0, machine - labTicks()) * 1000 / TICKS_PER_S;
    return { kind: "process_sample", process: "others", rss_mb: null, sockets: null, cpu_ms };
  } catch {
    return null;
  }
}

function labTicks(): number {
  let ticks = 0;
  for (const pid of pids()) {
    try {
      const fields = readStat(pid);
      if (pid !== Deno.pid && Number(fields[PARENT]) !== Deno.pid) continue;
      for (const field of [UTIME, STIME, CHILDREN_UTIME, CHILDREN_STIME]) {
        ticks += Number(fields[field]);
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks;
}
