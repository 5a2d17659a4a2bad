/** Programs around replicas: the store that they share, and the load balancer in front of them. */
import {
  canRun,
  freePort,
  REDIS_PROGRAMS,
  redisProgram,
  redisServer,
} from "../../tools/processes/mod.ts";
import type { Settings } from "../vocabulary/mod.ts";
import { ManagedProcess, type ProcessOptions } from "./managed_process.ts";
import { redisCommand } from "./redis_command.ts";
import { type Subject, usesStore } from "./subject.ts";

const FRONT_PROGRAM = "haproxy";

/** The configuration that the project deploys, with other servers. */
const HAPROXY_CONFIG = new URL("../../deploy/haproxy/haproxy.cfg", import.meta.url);

/** Whether a program is on PATH. */
export type Finder = (program: string) => boolean;

export const onPath: Finder = (program) =>
  canRun([program, program === FRONT_PROGRAM ? "-v" : "--version"]);

/** Why this machine or this subject cannot run a scenario, and what to do; null if they can. */
export function reasonNotToRun(
  { store, front, subjects }: Pick<Settings, "store" | "front" | "subjects">,
  subject: Subject,
  isOnPath: Finder = onPath,
): string | null {
  // A single subject may keep its data elsewhere, and is judged by what it serves.
  if (store === "redis" && subjects > 1 && !usesStore(subject)) {
    return `${subject.name} has no place for the store that its ${subjects} replicas share: ` +
      "put {store} into command or env of its subject file";
  }
  if (store === "redis" && redisProgram(isOnPath) === undefined) {
    return `no ${REDIS_PROGRAMS.join(" or ")} on PATH: apt-get install redis-server`;
  }
  if (front === "haproxy" && !isOnPath(FRONT_PROGRAM)) {
    return `no ${FRONT_PROGRAM} on PATH: apt-get install haproxy`;
  }
  return null;
}

/** Starts a store that is empty, and empty again after a restart. */
export async function startStore(options: ProcessOptions): Promise<ManagedProcess> {
  const port = freePort();
  return await ManagedProcess.start({
    name: "store",
    command: redisServer(port),
    env: {},
    port,
    ready_path: () => redisCommand(`127.0.0.1:${port}`, "PING"),
  }, options);
}

interface FrontOptions extends ProcessOptions {
  /** Ports of the subjects. */
  readonly ports: readonly number[];
  /** Path that a subject answers with 200 if it may get requests. */
  readonly ready: string;
  /** Folder for its configuration. */
  readonly dir: string;
}

/** Starts HAProxy in front of the subjects, which need not run yet. */
export async function startFront({ ports, ready, dir, ...options }: FrontOptions) {
  const port = freePort();
  const path = `${dir}/haproxy.cfg`;
  const config = await Deno.readTextFile(HAPROXY_CONFIG);
  await Deno.writeTextFile(path, withServers(config, ports, ready));
  return await ManagedProcess.start({
    name: "front",
    command: [FRONT_PROGRAM, "-db", "-f", path],
    env: { TELEMETRY_BIND: `127.0.0.1:${port}`, STATS_BIND: `127.0.0.1:${freePort()}` },
    port,
    ready_path: ready,
  }, options);
}

/** Replaces the servers of a configuration by those on these ports, and the path of their check. */
export function withServers(config: string, ports: readonly number[], ready: string): string {
  const ours = ports.map((port, i) => `  server m${i + 1} 127.0.0.1:${port}\n`).join("");
  let is_first = true;
  const checked = config.replace(/(http-check send .*uri )\S+/, (_, start) => start + ready);
  return checked.replace(/^ +server .*\n/gm, () => {
    const text = is_first ? ours : "";
    is_first = false;
    return text;
  });
}
