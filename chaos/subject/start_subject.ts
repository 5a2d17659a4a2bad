/** Starts a subject with a source of the lab's choice. */
import { freePort } from "../../tools/processes/mod.ts";
import type { Settings } from "../vocabulary/mod.ts";
import { ManagedProcess, type ProcessOptions } from "./managed_process.ts";
import { METRICS_SERVER } from "./services.ts";
import { fillIn, type Subject } from "./subject.ts";

/** Options of {@link startSubject}. */
export interface SubjectOptions extends ProcessOptions {
  /** Where it polls: `127.0.0.1:20001`. */
  readonly upstream: string;
  readonly settings: Pick<
    Settings,
    "poll_ms" | "poll_timeout_ms" | "backoff_max_ms" | "subject_env"
  >;
  /** Default metrics_server. */
  readonly subject?: Subject;
  /** Name of the process; default `subject`. */
  readonly name?: string;
  /** Default a free one. */
  readonly port?: number;
}

/**
 * Starts the subject on a port of its own; returns once it answers, which it may do without data.
 *
 * ```ts
 * await using cache = await startSubject({ upstream: "127.0.0.1:20001", settings });
 * await fetch(`${cache.url}/telemetry/ListMetrics`);
 * ```
 */
export async function startSubject(options: SubjectOptions): Promise<ManagedProcess> {
  const { subject = METRICS_SERVER, settings, name = "subject", port = freePort() } = options;
  const values = {
    upstream: `http://${options.upstream}${subject.upstream_path}`,
    port: String(port),
    poll_ms: String(settings.poll_ms),
    poll_timeout_ms: String(settings.poll_timeout_ms),
    backoff_max_ms: String(settings.backoff_max_ms),
  };
  const env = Object.entries(subject.env).map(([name, text]) => [name, fillIn(text, values)]);
  return await ManagedProcess.start({
    name,
    command: inFolder(subject).map((word) => fillIn(word, values)),
    cwd: subject.cwd,
    env: { ...Object.fromEntries(env), ...settings.subject_env },
    port,
    ready_path: subject.alive,
  }, options);
}

/** The command with its program as a path where it has to be one: `deno` is the one that runs this. */
function inFolder({ command, cwd }: Subject): string[] {
  const [program, ...args] = command;
  if (program === "deno") return [Deno.execPath(), ...args];
  const is_relative = program.includes("/") && !program.startsWith("/");
  return [is_relative ? `${cwd}/${program}` : program, ...args];
}
