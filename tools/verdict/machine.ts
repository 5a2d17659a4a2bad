/** The machine and its processes (Linux `/proc`, man 5 proc). Numbers are NaN without `/proc`. */

/** Hardware and software of a measurement, for the head of a report. */
export type Machine = ReturnType<typeof describeMachine>;

export function describeMachine() {
  return {
    cpu: parseCpuModel(readOrEmpty("/proc/cpuinfo")),
    cores: navigator.hardwareConcurrency,
    memory_mb: Math.round(Deno.systemMemoryInfo().total / 1024 / 1024),
    kernel: `${Deno.build.os} ${Deno.osRelease()}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    /** Over the last minute before the measurement. */
    load_average: Deno.loadavg()[0],
  };
}

export function machineLine(machine: Machine): string {
  const { cpu, cores, memory_mb, kernel, deno, load_average } = machine;
  return `${cpu}, ${cores} cores, ${memory_mb} MB · ${kernel} · Deno ${deno} · ` +
    `load average ${load_average.toFixed(2)} at the start`;
}

/** The processor's name from `/proc/cpuinfo`, else the architecture. */
export function parseCpuModel(cpuinfo: string): string {
  return /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1] ?? Deno.build.arch;
}

/** Clock tick of utime and stime: 10 ms on every Linux (USER_HZ). */
const TICK_MS = 10;
/** Parent of all kernel threads. */
const KTHREADD = 2;

/** Resident memory of a process, from `/proc/PID/status`. */
export function parseMemory(status: string): { rss_bytes: number; peak_bytes: number } {
  const bytes = (field: string) => {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status);
    return match === null ? NaN : Number(match[1]) * 1024;
  };
  return { rss_bytes: bytes("VmRSS"), peak_bytes: bytes("VmHWM") };
}

/** The fields of `/proc/PID/stat` after the name, which may itself contain parentheses. */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** User and system CPU time from the `stat` of a process or thread, in milliseconds. */
export function parseCpuMs(stat: string): number {
  const fields = statFields(stat);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** A process and its CPU time, including its ended children. */
export interface Family {
  pid: number;
  parent: number;
  cpu_ms: number;
}

/** Parses `/proc/PID/stat`. */
export function parseFamily(stat: string): Family {
  const fields = statFields(stat);
  const reaped_ms = (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  return {
    pid: Number.parseInt(stat),
    parent: Number(fields[1]),
    cpu_ms: parseCpuMs(stat) + reaped_ms,
  };
}

/**
 * CPU time of all processes except `own`, its descendants and kernel threads, which work for our
 * load. Summed over processes, because kernels differ in the process an interrupt is charged to.
 */
export function foreignCpuMs(families: readonly Family[], own: number): number {
  const parents = new Map(families.map(({ pid, parent }) => [pid, parent]));
  const isOwn = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined; at = parents.get(at)) {
      if (at === own) return true;
    }
    return false;
  };
  return families
    .filter(({ pid }) => !isOwn(pid))
    .filter(({ pid, parent }) => pid !== KTHREADD && parent !== KTHREADD)
    .reduce((total, { cpu_ms }) => total + cpu_ms, 0);
}

/** CPU time a hypervisor gave to other machines, from `/proc/stat`. */
export function parseStolenMs(stat: string): number {
  const fields = /^cpu +(.+)$/m.exec(stat)?.[1].split(" ") ?? [];
  return Number(fields[7] ?? NaN) * TICK_MS;
}

export function readMemory(pid: number): ReturnType<typeof parseMemory> {
  return parseMemory(readOrEmpty(`/proc/${pid}/status`));
}

/** Open sockets of a process; null if it has ended, or without `/proc`. */
export function countSockets(pid: number): number | null {
  try {
    let sockets = 0;
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      try {
        if (Deno.readLinkSync(`/proc/${pid}/fd/${name}`).startsWith("socket:")) sockets++;
      } catch {
        // It was closed meanwhile.
      }
    }
    return sockets;
  } catch {
    return null;
  }
}

/** CPU time of a process, with all its threads. */
export function readCpuMs(pid: number): number {
  return parseCpuMs(readOrEmpty(`/proc/${pid}/stat`));
}

/** CPU time of a process's main thread, on which `Deno.serve` runs its handler. */
export function readMainThreadCpuMs(pid: number): number {
  return parseCpuMs(readOrEmpty(`/proc/${pid}/task/${pid}/stat`));
}

/** CPU time of other programs and other virtual machines. */
export function readForeignCpuMs(): number {
  const families = processIds().map((pid) => parseFamily(readOrEmpty(`/proc/${pid}/stat`)))
    .filter(({ cpu_ms }) => Number.isFinite(cpu_ms)); // NaN if the process has just ended
  return foreignCpuMs(families, Deno.pid) + parseStolenMs(readOrEmpty("/proc/stat"));
}

/** Time in which some program had to wait for a core, from `/proc/pressure/cpu`; NaN without it. */
export function parseStalledMs(pressure: string): number {
  return Number(/^some .*total=(\d+)/m.exec(pressure)?.[1] ?? NaN) / 1000;
}

/**
 * A clock for upper bounds, in milliseconds from the call on: it stands still while programs wait
 * for a core. Without `/proc/pressure` it is an ordinary clock.
 */
export function calmClock(
  now_ms: () => number = () => performance.now(),
  stalled_ms: () => number = () => parseStalledMs(readOrEmpty("/proc/pressure/cpu")),
): () => number {
  const from_ms = now_ms();
  const stalled_before_ms = stalled_ms();
  return () => now_ms() - from_ms - (stalled_ms() - stalled_before_ms || 0);
}

function processIds(): string[] {
  try {
    return [...Deno.readDirSync("/proc")].map(({ name }) => name)
      .filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function readOrEmpty(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
