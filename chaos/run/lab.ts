/**
 * The processes of a run, started and ended in order.
 *
 *     data_server ── HTTP fault proxy ── TCP fault proxy ── subject ── [TCP fault proxy] ── clients
 */
import { freePort } from "../../tools/processes/mod.ts";
import type { EngineChoice } from "../../tools/toxiproxy/mod.ts";
import type { Actuator } from "../actuators/actuator.ts";
import { startHttpActuator } from "../actuators/http.ts";
import { processActuator } from "../actuators/process.ts";
import { resourceActuator } from "../actuators/resource.ts";
import { startTcpActuator } from "../actuators/tcp.ts";
import { type Guard, identify, isRunning, type ProcessIdentity, startGuard } from "../guard/mod.ts";
import type { JournalEntry } from "../journal/mod.ts";
import {
  type ManagedProcess,
  METRICS_SERVER,
  type ProcessEvent,
  startDataServer,
  startSubject,
  type Subject,
} from "../subject/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import { excerpt } from "./messages.ts";

/** Starts the fault injectors of a run; tests pass others. */
export const DEFAULT_ENGINES = {
  tcp: startTcpActuator,
  http: startHttpActuator,
  process: processActuator,
  resource: resourceActuator,
};

export type Engines = typeof DEFAULT_ENGINES;

interface LabOptions {
  readonly plan: ScenarioPlan;
  readonly seed: number;
  readonly subject?: Subject;
  readonly engine?: EngineChoice;
  readonly engines: Engines;
  /** The run's own folder. The guard removes it if the lab dies. */
  readonly work_dir: string;
  add(entry: JournalEntry): void;
  /** Called if a process ends by itself. */
  onTrouble(what: "engine" | "subject" | "source", detail: string): void;
  onStep(step: string): void;
}

export interface Lab extends AsyncDisposable {
  readonly guard: Guard;
  readonly subject: Subject;
  /** All fault injectors except the load step. */
  readonly actuators: readonly Actuator[];
  /** Name of the TCP engine, for the run record. */
  readonly tcp_engine: string;
  /** The source, without proxies: `127.0.0.1:9001`. */
  readonly source_host: string;
  /** The subject under load, through the proxy of the client hop if there is one. */
  readonly client_host: string;
  /** By name: `data_server`, `subject`, `subject-2`, … */
  readonly processes: ReadonlyMap<string, ManagedProcess>;
  /** Hosts of all subjects, without proxies; the subject under load is first. */
  subjectHosts(): string[];
  /** Starts the subjects: at once, or after the first fault in a cold start. */
  startSubjects(): Promise<void>;
  /** Processes of this lab that still run. */
  left(): string[];
}

/** Path of the source's sample. */
export const SOURCE_PATH = "/counters";

/** Starts everything except the subjects; ends what has started if a start fails. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { plan, seed, engines, add, onTrouble, onStep } = options;
  const { settings } = plan;
  const subject = options.subject ?? METRICS_SERVER;
  await using stack = new AsyncDisposableStack();
  onStep("starting the guard");
  const guard = stack.use(await startGuard());
  void guard.lost.then(({ code }) => onTrouble("engine", guardLost(guard.pid, code)));
  await guard.watchFolder(options.work_dir);
  const started: { name: string; identity: ProcessIdentity }[] = [];
  const processes = new Map<string, ManagedProcess>();
  const onEvent = (event: ProcessEvent) => {
    const { process, action, pid, code } = event;
    add({ kind: "process", process, action, pid, code });
    const identity = action === "started" ? identify(pid) : null;
    if (identity !== null) started.push({ name: process, identity });
    if (event.expected) return;
    onTrouble(process === "data_server" ? "source" : "subject", unexpectedEnd(event));
  };
  const common = {
    guard,
    seed,
    onEvent: (event: ProcessEvent) => {
      if (!event.expected) onTrouble("engine", unexpectedEnd(event));
    },
  };
  const onLine = (process: string) => (line: string) => {
    const parsed = parseLine(line);
    if (parsed !== null) add({ kind: "log", process, line: parsed });
  };
  const subject_ports = Array.from({ length: settings.subjects }, () => freePort());
  const subject_host = `127.0.0.1:${subject_ports[0]}`;
  onStep("starting data_server");
  const source = stack.use(
    await startDataServer({ settings, seed, guard, onEvent, onLine: onLine("data_server") }),
  );
  processes.set("data_server", source);
  const source_host = source.url.slice("http://".length);
  onStep("starting the HTTP fault proxy");
  const http = stack.use(await engines.http({ ...common, upstream: source_host }));
  const has_client_hop = plan.faults.some(({ fault }) => fault.hop === "client");
  onStep("starting the TCP fault proxies");
  const tcp = stack.use(
    await engines.tcp({
      ...common,
      engine: options.engine ?? "auto",
      hops: [
        { hop: "source", upstream: http.listen },
        ...(has_client_hop ? [{ hop: "client" as const, upstream: subject_host }] : []),
      ],
    }),
  );
  const resource = stack.use(engines.resource({ ...common, target: subject_host }));
  const subjects = stack.use(new AsyncDisposableStack());
  const owned = stack.move();

  const startOne = async (port: number, i: number) => {
    const name = i === 0 ? "subject" : `subject-${i + 1}`;
    const upstream = tcp.listen("source");
    const options = { upstream, settings, subject, name, port, guard, onEvent };
    processes.set(name, subjects.use(await startSubject({ ...options, onLine: onLine(name) })));
  };
  return {
    guard,
    subject,
    actuators: [tcp, http, engines.process(processes), resource],
    tcp_engine: tcp.engine,
    source_host,
    client_host: has_client_hop ? tcp.listen("client") : subject_host,
    processes,
    subjectHosts: () => subject_ports.map((port) => `127.0.0.1:${port}`),
    startSubjects: async () => {
      await Promise.all(subject_ports.map(startOne));
    },
    left: () =>
      started.filter(({ identity }) => isRunning(identity))
        .map(({ name, identity }) => `${name} (pid ${identity.pid}) still runs`),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** `subject (pid 4711) ended by itself with exit code 1: PORT=9001: already in use …` */
function unexpectedEnd({ process, pid, code, stderr }: ProcessEvent): string {
  const output = stderr.trim() === "" ? "" : `: ${excerpt(stderr)}`;
  return `${process} (pid ${pid}) ended by itself with exit code ${code}${output}`;
}

function guardLost(pid: number, code: number): string {
  return `guard (pid ${pid}) ended by itself with exit code ${code}: if the lab were killed now, ` +
    `its faults would stay on`;
}

/** A log line of a service, or null. Skips access lines, the most frequent by far, to save CPU. */
function parseLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{") || line.includes('"http.access"')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
