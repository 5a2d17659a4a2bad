/**
 * The processes of a run, started and ended in order.
 *
 *     data_server ── HTTP faults ── TCP faults ── subjects ── [front] ── [TCP faults] ── clients
 *                                                  │ │ │                                │
 *                                     [TCP faults for each subject] ── [store]          │
 *                                                  control ──────────── [TCP faults] ───┘
 */
import type { EngineChoice } from "../../tools/toxiproxy/mod.ts";
import type { Actuator } from "../actuators/actuator.ts";
import { startHttpActuator } from "../actuators/http.ts";
import { processActuator } from "../actuators/process.ts";
import { resourceActuator } from "../actuators/resource.ts";
import { storeActuator } from "../actuators/store.ts";
import { startTcpActuator } from "../actuators/tcp.ts";
import { type Guard, identify, isRunning, type ProcessIdentity, startGuard } from "../guard/mod.ts";
import type { JournalEntry } from "../journal/mod.ts";
import {
  type ManagedProcess,
  METRICS_SERVER,
  type ProcessEvent,
  startDataServer,
  startFront,
  startStore,
  type Subject,
} from "../subject/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import { startControl } from "./load/control.ts";
import { excerpt } from "./messages.ts";
import { Subjects } from "./subjects.ts";

/** Starts the fault injectors of a run; tests pass others. */
export const DEFAULT_ENGINES = {
  tcp: startTcpActuator,
  http: startHttpActuator,
  process: processActuator,
  resource: resourceActuator,
  store: storeActuator,
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
  /** Called once a subject that a fault has added answers. */
  onAdded(subject: number): void;
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
  /** What gets the load: the front or the first subject, through the client hop's proxy if any. */
  readonly client_host: string;
  /** The control, through a proxy like the subject's if there is a client hop. */
  readonly control_host: string;
  /** By name: `data_server`, `control`, `store`, `front`, `subject`, `subject-2`, … */
  readonly processes: ReadonlyMap<string, ManagedProcess>;
  /** Hosts of all subjects, without proxies. */
  subjectHosts(): string[];
  /** Target of a subject's probes; without a front, the first subject's pass the client hop. */
  probeHost(subject: number): string;
  /** Starts the subjects: at once, or after the first fault in a cold start. */
  startSubjects(): Promise<void>;
  /** Processes of this lab that still run. */
  left(): string[];
}

/** Path of the source's sample. */
export const SOURCE_PATH = "/counters";

/** Starts everything except the subjects; ends what has started if a start fails. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { plan, seed, engines, work_dir: dir, add, onTrouble, onStep } = options;
  const { settings } = plan;
  const subject = options.subject ?? METRICS_SERVER;
  await using stack = new AsyncDisposableStack();
  onStep("starting the guard");
  const guard = stack.use(await startGuard());
  void guard.lost.then(({ code }) => onTrouble("engine", guardLost(guard.pid, code)));
  await guard.watchFolder(dir);
  const started: { name: string; identity: ProcessIdentity }[] = [];
  const processes = new Map<string, ManagedProcess>();
  const onEvent = (event: ProcessEvent) => {
    const { process, action, pid, code } = event;
    add({ kind: "process", process, action, pid, code });
    const identity = action === "started" ? identify(pid) : null;
    if (identity !== null) started.push({ name: process, identity });
    if (!event.expected) onTrouble(TROUBLE[process] ?? "subject", unexpectedEnd(event));
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
  const start = { guard, onEvent, onLine };
  const { onAdded } = options;
  const subjects = new Subjects({ plan, subject, dir, processes, start, onAdded });
  const [subject_host] = subjects.hosts();
  const startService = async (starting: Promise<ManagedProcess>) => {
    const process = stack.use(await starting);
    processes.set(process.name, process);
    return process;
  };
  onStep("starting data_server");
  const source = await startService(
    startDataServer({ settings, seed, guard, onEvent, onLine: onLine("data_server") }),
  );
  const source_host = hostOf(source);
  onStep("starting the control");
  const control = hostOf(await startService(startControl({ guard, onEvent })));
  let store: ManagedProcess | null = null;
  if (settings.store !== "none") {
    onStep("starting the store");
    store = await startService(startStore({ guard, onEvent }));
  }
  let front_host: string | null = null;
  if (settings.front !== "none") {
    onStep("starting the front");
    const { ports } = subjects;
    const front = { ports, ready: subject.ready, dir, guard, onEvent };
    front_host = hostOf(await startService(startFront(front)));
  }
  const load_host = front_host ?? subject_host;
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
        ...(has_client_hop ? clientHops(load_host, control) : []),
        ...(store === null ? [] : storeHops(subjects.ports.length, hostOf(store))),
      ],
    }),
  );
  const resource = stack.use(engines.resource({
    ...common,
    target: subject_host,
    list_path: subject.probes.list ?? undefined,
  }));
  stack.use(subjects);
  const process = engines.process({
    processes,
    roles: () => subjects.roles(),
    ready: (name) => subjects.ready(name),
    addSubject: () => subjects.add(),
  });
  const client_host = has_client_hop ? tcp.listen("client") : load_host;
  const owned = stack.move();
  return {
    guard,
    subject,
    actuators: [tcp, http, process, resource, engines.store(store)],
    tcp_engine: tcp.engine,
    source_host,
    client_host,
    control_host: has_client_hop ? tcp.listen("client", "control") : control,
    processes,
    subjectHosts: () => subjects.hosts(),
    probeHost: (i) => i === 0 && front_host === null ? client_host : subjects.hosts()[i],
    startSubjects: () =>
      subjects.start({
        source: tcp.listen("source"),
        store: (i) => store === null ? "" : `redis://${tcp.listen("store", i)}`,
      }),
    left: () =>
      started.filter(({ identity }) => isRunning(identity))
        .map(({ name, identity }) => `${name} (pid ${identity.pid}) still runs`),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Kind of trouble if a process ends by itself; `subject` for the others. */
const TROUBLE: Readonly<Record<string, "engine" | "source">> = {
  data_server: "source",
  control: "engine",
  store: "engine",
  front: "engine",
};

function hostOf({ url }: ManagedProcess): string {
  return url.slice("http://".length);
}

/** Hops of the clients: the subject and the control each get a proxy with the same faults. */
function clientHops(upstream: string, control: string) {
  return [
    { hop: "client" as const, upstream },
    { hop: "client" as const, subject: "control" as const, upstream: control },
  ];
}

/** A proxy for each subject, so that one can be cut off alone. */
function storeHops(subjects: number, upstream: string) {
  return Array.from({ length: subjects }, (_, subject) => ({
    hop: "store" as const,
    subject,
    upstream,
  }));
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
