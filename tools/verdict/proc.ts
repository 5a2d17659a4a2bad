/** What the kernel knows about a process (Linux `/proc`, man 5 proc). */

/** Ticks of utime and stime are hundredths of a second on every Linux (USER_HZ). */
const TICK_MS = 10;

/** Parent of all kernel threads. */
const KTHREADD = 2;

/** Memory of a process. */
export interface Memory {
  /** Resident now. */
  rss_bytes: number;
  /** Most that was ever resident. */
  peak_bytes: number;
}

/** Resident memory from `/proc/PID/status`. Pure. */
export function parseMemory(status: string): Memory {
  const bytes = (field: string) => {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status);
    return match === null ? NaN : Number(match[1]) * 1024;
  };
  return { rss_bytes: bytes("VmRSS"), peak_bytes: bytes("VmHWM") };
}

/** CPU time (user and system) from `/proc/PID/stat` or a thread's, in milliseconds. Pure. */
export function parseCpuMs(stat: string): number {
  // The second field is the name in parentheses and may hold anything, parentheses too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** A process and what it and its ended children have used. */
export interface Family {
  pid: number;
  parent: number;
  cpu_ms: number;
}

/** Process id, parent and CPU time, that of ended children included, from `/proc/PID/stat`. Pure. */
export function parseFamily(stat: string): Family {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const reaped_ms = (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  return {
    pid: Number.parseInt(stat),
    parent: Number(fields[1]),
    cpu_ms: parseCpuMs(stat) + reaped_ms,
  };
}

/**
 * CPU time of all processes but `own` and what descends from it. Kernel threads are left out: what they do
 * under load they do for us. Summed over processes rather than taken from `/proc/stat`, because
 * kernels differ in whether interrupts are charged to the process they interrupt. Pure.
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

/** CPU time a hypervisor gave to other machines, from `/proc/stat`. Pure. */
export function parseStolenMs(stat: string): number {
  const fields = /^cpu +(.+)$/m.exec(stat)?.[1].split(" ") ?? [];
  return Number(fields[7] ?? NaN) * TICK_MS;
}

/** Memory of a process; NaN where there is no `/proc`. */
export function readMemory(pid: number): Memory {
  return parseMemory(readOr("", `/proc/${pid}/status`));
}

/** CPU time of a process's main thread, which is where `Deno.serve` works; NaN without `/proc`. */
export function readMainThreadCpuMs(pid: number): number {
  return parseCpuMs(readOr("", `/proc/${pid}/task/${pid}/stat`));
}

/** CPU time others have used: programs that are not ours, and other machines; NaN without `/proc`. */
export function readForeignCpuMs(): number {
  const families = processIds().map((pid) => parseFamily(readOr("", `/proc/${pid}/stat`)))
    .filter(({ cpu_ms }) => Number.isFinite(cpu_ms)); // one that ended meanwhile has none
  return foreignCpuMs(families, Deno.pid) + parseStolenMs(readOr("", "/proc/stat"));
}

function processIds(): string[] {
  try {
    return [...Deno.readDirSync("/proc")].map(({ name }) => name).filter((name) =>
      /^\d+$/.test(name)
    );
  } catch {
    return [];
  }
}

function readOr(otherwise: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return otherwise;
  }
}
