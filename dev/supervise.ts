/** Keeps two services running together: both or none. */
import { EXIT_CODE_CONFIG } from "../platform/mod.ts";
import type { ServiceProcess } from "./service_process.ts";

/** Exit code for a service that ended by itself without an error: nobody had asked it to. */
export const EXIT_CODE_UNEXPECTED_END = 1;

/** What {@link supervise} works with. */
export interface Supervised {
  startData(): ServiceProcess;
  /** Called once data_server listens. */
  startMetrics(data_url: string): ServiceProcess;
  /** Where data_server listens; null where it ended instead. */
  dataUrl(data: ServiceProcess): Promise<string | null>;
  /** Resolves when somebody asks to stop. */
  stop: Promise<unknown>;
  /** Takes one line for people. */
  say(line: string): void;
}

/**
 * Starts data_server, then metrics_server, and waits until one ends or a stop is asked for; then
 * stops what still runs. Gives the exit code: 0 for a stop asked for, else the one of the service
 * that ended first, and {@link EXIT_CODE_UNEXPECTED_END} where that is 0.
 */
export async function supervise(parts: Supervised): Promise<number> {
  const running: ServiceProcess[] = [];
  const stop = parts.stop.then(() => null);
  try {
    const data = parts.startData();
    running.push(data);
    const data_url = await Promise.race([parts.dataUrl(data), stop]);
    if (data_url !== null) running.push(parts.startMetrics(data_url));
    const ends = running.map((service) => service.ended.then(({ code }) => ({ service, code })));
    const first = await Promise.race([stop, ...ends]);
    if (first === null) return 0;
    parts.say(endMessage(first.service, first.code));
    return first.code === 0 ? EXIT_CODE_UNEXPECTED_END : first.code;
  } finally {
    await Promise.all(running.map((service) => service.stop()));
  }
}

const PORT_VARIABLE = { data_server: "DATA_PORT", metrics_server: "METRICS_PORT" } as const;

function endMessage({ name, stderr_tail }: ServiceProcess, code: number): string {
  if (code !== EXIT_CODE_CONFIG) {
    return `${name} ended with exit code ${code}: stopping the other service`;
  }
  // The service names the variable it reads, which is not the one that was set.
  const hint = /(^|; )PORT=/m.test(stderr_tail) ? ` (its PORT is ${PORT_VARIABLE[name]} here)` : "";
  return `${name} did not start, see above${hint}: stopping the other service`;
}
