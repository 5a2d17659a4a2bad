/** What the figures were measured on. */

/** For the report's first lines. */
export interface Machine {
  cpu: string;
  cores: number;
  memory_mb: number;
  kernel: string;
  deno: string;
  v8: string;
  /** Runnable processes over the last minute, before the measurement. */
  load_average: number;
}

/** Asks the system. */
export function describeMachine(): Machine {
  return {
    cpu: cpuModel(readOr("", "/proc/cpuinfo")),
    cores: navigator.hardwareConcurrency,
    memory_mb: Math.round(Deno.systemMemoryInfo().total / 1024 / 1024),
    kernel: `${Deno.build.os} ${Deno.osRelease()}`,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    load_average: Deno.loadavg()[0],
  };
}

/** A line about it. Pure. */
export function machineLine(machine: Machine): string {
  const { cpu, cores, memory_mb, kernel, deno, load_average } = machine;
  return `${cpu}, ${cores} cores, ${memory_mb} MB · ${kernel} · Deno ${deno} · ` +
    `load average ${load_average.toFixed(2)} at the start`;
}

/** The processor's name from `/proc/cpuinfo`, else the architecture. Pure. */
export function cpuModel(cpuinfo: string): string {
  return /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1] ?? Deno.build.arch;
}

function readOr(otherwise: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return otherwise;
  }
}
