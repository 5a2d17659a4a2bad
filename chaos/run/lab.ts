/** Everything that runs in a run: source, proxies, subjects, what carries faults out; ended in order. */
import { freePort } from "../../tools/processes/mod.ts";
import type { Actuator } from "../actuators/actuator.ts";
import { type Guard, identify, isRunning, type ProcessIdentity, startGuard } from "../guard/mod.ts";
import type { JournalEntry } from "../journal/mod.ts";
import {
  ManagedProcess,
  METRICS_SERVER,
  type ProcessEvent,
  startDataServer,
  startSubject,
  type Subject,
} from "../subject/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import type { EngineChoice, Engines } from "./engines.ts";
import { excerpt } from "./load/excerpt.ts";

/** What a lab is started with. */
export interface LabOptions {
  readonly plan: ScenarioPlan;
  readonly seed: number;
  readonly subject?: Subject;
  readonly engine?: EngineChoice;
  readonly engines: Engines;
  /** The run's own folder, which goes with the lab. */
  readonly work_dir: string;
  add(entry: JournalEntry): void;
  /** A process or a proxy is gone that nobody asked to go. */
  onTrouble(what: "engine" | "subject" | "source", detail: string): void;
  /** Told what is started next. */
  onStep(step: string): void;
}

/** A lab that is up. */
export interface Lab extends AsyncDisposable {
  readonly guard: Guard;
  readonly subject: Subject;
  /** All that carry faults out, the load step apart. */
  readonly actuators: readonly Actuator[];
  /** As the run record tells it. */
  readonly tcp_engine: string;
  /** `127.0.0.1:9001`: the source, past every proxy. */
  readonly source_host: string;
  /** Subject under load, past every proxy, and as clients reach it. */
  readonly subject_host: string;
  readonly client_host: string;
  /** By name: `data_server`, `subject`, `subject-2`, … */
  readonly processes: ReadonlyMap<string, ManagedProcess>;
  /** Hosts of all subjects that run, past every proxy; the one under load is first. */
  subjectHosts(): string[];
  /** Starts the subjects: at once, or in a cold start when the first fault is on. */
  startSubjects(): Promise<void>;
  /** Processes of this lab that still run. */
  left(): string[];
}

/** Path of the source's sample. */
export const SOURCE_PATH = "/counters";

/** Starts all of it but the subjects. What was started already is ended where something fails. */
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
    if (!event.expected) {
      const what = process === "data_server" ? "source" : "subject";
      onTrouble(what, unexpectedEnd(event));
    }
  };
  const common = {
    guard,
    seed,
    onEvent: (event: ProcessEvent) => {
      if (!event.expected) onTrouble("engine", unexpectedEnd(event));
    },
  };
  const onLine = (process: string) => (line: string) => {
    // Most lines are these; reading them would cost the lab more than all the rest.
    if (line.includes('"http.access"')) return;
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
  onStep("starting the proxy of HTTP faults");
  const http = stack.use(await engines.http({ ...common, upstream: source_host }));
  const has_client_hop = plan.faults.some(({ fault }) => fault.hop === "client");
  onStep("starting the proxies of TCP faults");
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
  const client_host = has_client_hop ? tcp.listen("client") : subject_host;
  const process = engines.process(processes);
  const resource = engines.resource({ ...common, target: subject_host });
  for (const one of [process, resource]) {
    stack.defer(async () => await one[Symbol.asyncDispose]?.());
  }
  const subjects = stack.use(new AsyncDisposableStack());
  const owned = stack.move();

  const startOne = async (port: number, i: number) => {
    const name = i === 0 ? "subject" : `subject-${i + 1}`;
    processes.set(
      name,
      subjects.use(
        await startSubject({
          upstream: tcp.listen("source"),
          settings,
          subject,
          name,
          port,
          guard,
          onEvent,
          onLine: onLine(name),
        }),
      ),
    );
  };
  return {
    guard,
    subject,
    actuators: [tcp, http, process, resource],
    tcp_engine: tcp.engine,
    source_host,
    subject_host,
    client_host,
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
  const said = stderr.trim() === "" ? "" : `: ${excerpt(stderr)}`;
  return `${process} (pid ${pid}) ended by itself with exit code ${code}${said}`;
}

function guardLost(pid: number, code: number): string {
  return `guard (pid ${pid}) ended by itself with exit code ${code}: nothing would lift the ` +
    `faults if the lab were killed`;
}

/** A line of a service's log; null where it is none. */
function parseLine(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
