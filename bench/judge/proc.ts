/** What the kernel knows about a process (Linux `/proc`, man 5 proc). */

/** Ticks of utime and stime are hundredths of a second on every Linux (USER_HZ). */
const TICK_MS = 10;

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

/** Parent and CPU time from `/proc/PID/stat`; `reaped_ms` is that of its children that ended. Pure. */
export function parseFamily(stat: string): { parent: number; cpu_ms: number; reaped_ms: number } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    parent: Number(fields[1]),
    cpu_ms: parseCpuMs(stat),
    reaped_ms: (Number(fields[13]) + Number(fields[14])) * TICK_MS,
  };
}

/**
 * CPU time of the whole machine from `/proc/stat`: user, nice, system, and what a hypervisor gave
 * to others; without interrupts, which no process is charged for. Pure.
 */
export function parseMachineCpuMs(stat: string): number {
  const match = /^cpu +(.+)$/m.exec(stat);
  const [user, nice, system, , , , , steal = 0] = match?.[1].split(" ").map(Number) ?? [NaN];
  return (user + nice + system + steal) * TICK_MS;
}

/** Memory of a process; NaN where there is no `/proc`. */
export function readMemory(pid: number): Memory {
  return parseMemory(readOr("", `/proc/${pid}/status`));
}

/** CPU time of a process's main thread, which is where `Deno.serve` works; NaN without `/proc`. */
export function readMainThreadCpuMs(pid: number): number {
  return parseCpuMs(readOr("", `/proc/${pid}/task/${pid}/stat`));
}

/** CPU time of the machine since it started; NaN without `/proc`. */
export function readMachineCpuMs(): number {
  return parseMachineCpuMs(readOr("", "/proc/stat"));
}

/** CPU time of this process and its children, ended ones too; NaN without `/proc`. */
export function readOwnCpuMs(): number {
  const own = parseFamily(readOr("", "/proc/self/stat"));
  let total_ms = own.cpu_ms + own.reaped_ms;
  for (const pid of processIds()) {
    const { parent, cpu_ms } = parseFamily(readOr("", `/proc/${pid}/stat`));
    if (parent === Deno.pid) total_ms += cpu_ms;
  }
  return total_ms;
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
