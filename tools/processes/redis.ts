/** A Redis server that keeps nothing on disk. */
import { canRun } from "./start_process.ts";

/** Programs that are one; the first on PATH is used. */
export const REDIS_PROGRAMS = ["redis-server", "valkey-server"] as const;

/** The program on PATH; undefined without one. */
export function redisProgram(
  isOnPath: (program: string) => boolean = (program) => canRun([program, "--version"]),
): string | undefined {
  return REDIS_PROGRAMS.find(isOnPath);
}

/** Command that starts an empty server on a port of 127.0.0.1; `options` are further arguments. */
export function redisServer(
  port: number,
  options: readonly string[] = [],
  program: string = redisProgram() ?? REDIS_PROGRAMS[0],
): string[] {
  const memory_only = ["--save", "", "--appendonly", "no"];
  return [program, "--port", String(port), "--bind", "127.0.0.1", ...memory_only, ...options];
}
