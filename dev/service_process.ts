/** One service as a child process: its log lines, its `startup` event, its end. */
import deno_json from "../deno.json" with { type: "json" };
import { readWholeLines, startProcess, taskCommand } from "../tools/processes/mod.ts";
import type { Supervised } from "./supervise.ts";

/** A service that `deno task dev` starts. */
export type ServiceName = "data_server" | "metrics_server";

const TASK_OF = { data_server: "data", metrics_server: "metrics" } as const;

interface ServiceOptions {
  /** Variables set beside the inherited ones. */
  env: Record<string, string>;
  /** Takes whole lines of stdout; the next ones wait for its promise. */
  onLines: (whole_lines: Uint8Array) => Promise<void> | void;
  /** Default `pass`: on to this process's stderr. */
  stderr?: "pass" | "null";
}

export interface ServiceProcess extends Supervised {
  /** The `startup` event; null if the service ended without one. */
  readonly startup: Promise<Startup | null>;
  /** SIGTERM, then SIGKILL if it does not end in time. */
  stop(): Promise<{ readonly code: number }>;
}

const ROOT = new URL("..", import.meta.url);

/** Starts a service with its task's permissions. */
export function startService(name: ServiceName, options: ServiceOptions): ServiceProcess {
  return startDeno(name, taskCommand(deno_json.tasks[TASK_OF[name]]).args, options);
}

/** Like {@link startService}, with other arguments for Deno. */
export function startDeno(
  name: ServiceName,
  args: readonly string[],
  { env, onLines, stderr = "pass" }: ServiceOptions,
): ServiceProcess {
  const startup = Promise.withResolvers<Startup | null>();
  const decoder = new TextDecoder();
  let is_started = false;
  const process = startProcess([Deno.execPath(), ...args], {
    name,
    cwd: ROOT,
    // Names the service of a span, if OTEL_DENO=true exports spans.
    env: { OTEL_SERVICE_NAME: name, ...env },
    stderr,
    stdout: (stream) =>
      readWholeLines(stream, (whole_lines) => {
        const found = is_started ? null : startupIn(decoder.decode(whole_lines));
        if (found !== null) {
          is_started = true;
          startup.resolve(found);
        }
        return onLines(whole_lines);
      }),
    // Ctrl-C in a terminal reaches the launcher alone, which then stops each service once. In one
    // process group the service would get the signal twice and stop draining.
    detached: true,
  });
  process.ended.then(() => startup.resolve(null));
  return Object.assign(process, { name, startup: startup.promise });
}

interface Startup {
  url: string;
  port: number;
}

const MARK = '"event":"startup"';

/** The `startup` event among whole lines of log, or null. */
export function startupIn(whole_lines: string): Startup | null {
  for (const line of whole_lines.split("\n")) {
    if (!line.includes(MARK)) continue;
    try {
      const { event, url, port } = JSON.parse(line);
      if (event === "startup" && typeof url === "string" && Number.isInteger(port)) {
        return { url, port };
      }
    } catch {
      // Not an event, but output of something else.
    }
  }
  return null;
}
