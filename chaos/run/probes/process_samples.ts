/** Memory, sockets and CPU time of processes, from /proc; where there is none, nothing is told. */
import type { JournalEntry } from "../../journal/mod.ts";

/** Time between two samples, in milliseconds. */
export const PROCESS_EVERY_MS = 1000;

/** Linux counts CPU time in these, on every platform it runs on (USER_HZ). */
const TICKS_PER_S = 100;

/** Size of a page where /proc counts in pages, in bytes. */
const PAGE_BYTES = 4096;

/** Fields of /proc/PID/stat after the name's closing parenthesis; see proc_pid_stat(5). */
const PARENT = 1, UTIME = 11, STIME = 12, CHILDREN_UTIME = 13, CHILDREN_STIME = 14, RSS = 21;

/** One process now; null where it has gone. */
export function sampleProcess(
  process: string,
  pid: number,
): Extract<JournalEntry, { kind: "process_sample" }> | null {
  try {
    const fields = statFields(pid);
    const cpu_ms = (Number(fields[UTIME]) + Number(fields[STIME])) * 1000 / TICKS_PER_S;
    const rss_mb = Number(fields[RSS]) * PAGE_BYTES / 1024 / 1024;
    return { kind: "process_sample", process, rss_mb, sockets: countSockets(pid), cpu_ms };
  } catch {
    return null;
  }
}

/**
 * CPU time of everything that is not the lab's, as the process `others`: the machine's without that
 * of the lab and its children, ended ones included.
 */
export function sampleOthers(): Extract<JournalEntry, { kind: "process_sample" }> | null {
  try {
    const [line] = Deno.readTextFileSync("/proc/stat").split("\n", 1);
    // user nice system idle iowait irq softirq steal: all but idle and iowait is work.
    const [user, nice, system, , , irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number);
    const machine = user + nice + system + irq + softirq + steal;
    const cpu_ms = Math.max(0, machine - labTicks()) * 1000 / TICKS_PER_S;
    return { kind: "process_sample", process: "others", rss_mb: null, sockets: null, cpu_ms };
  } catch {
    return null;
  }
}

/** CPU time of {@link sampleOthers} alone, in milliseconds; null where nobody counts. */
export function othersCpu(): number | null {
  return sampleOthers()?.cpu_ms ?? null;
}

function labTicks(): number {
  let ticks = 0;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = statFields(Number(name));
      const is_ours = Number(name) === Deno.pid || Number(fields[PARENT]) === Deno.pid;
      if (!is_ours) continue;
      for (const field of [UTIME, STIME, CHILDREN_UTIME, CHILDREN_STIME]) {
        ticks += Number(fields[field]);
      }
    } catch {
      // Ended meanwhile.
    }
  }
  return ticks;
}

function statFields(pid: number): string[] {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function countSockets(pid: number): number | null {
  try {
    let sockets = 0;
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      try {
        if (Deno.readLinkSync(`/proc/${pid}/fd/${name}`).startsWith("socket:")) sockets++;
      } catch {
        // Closed meanwhile.
      }
    }
    return sockets;
  } catch {
    return null;
  }
}
