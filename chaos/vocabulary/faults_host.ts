/** Faults of the host: processes that end, busy neighbors, and clients that use too much. */
import {
  bounded,
  FaultError,
  type FaultValue,
  faultValue,
  oneOf,
  real,
  SHARE,
  SUBJECT,
  whole,
} from "./fault_value.ts";
import { type Fault, type FaultParams, subjectName } from "./plan.ts";

/**
 * Processes that a fault may affect. `leader` and `follower` are subjects, chosen by the role in
 * their `/stats` when the fault goes on; the follower is the last one.
 */
export const PROCESSES = ["data_server", "subject", "leader", "follower", "store"] as const;
export type ProcessChoice = typeof PROCESSES[number];
export const SIGNALS = ["SIGKILL", "SIGTERM"] as const;

const CPU_WORKERS_MAX = 16;
/** Connections one fault may hold open, or open in total. */
const CONNECTIONS = whole(1, 1_000);
const CONNECTIONS_PER_S = whole(1, 1_000, "1/s");
const LOAD_FACTOR_MAX = 20;

function host(kind: string, params: FaultParams, text: string, inverse: string): Fault {
  const layer = kind.startsWith("process.") ? "process" : "resource";
  return { kind, layer, hop: null, params, text, inverse };
}

/** Number of the subject for process `subject`; default 0, the one under load. */
interface OneSubject {
  readonly subject?: number;
}

interface Ending extends OneSubject {
  /** Default SIGKILL. */
  readonly signal?: typeof SIGNALS[number];
}

function processParams(kind: string, process: ProcessChoice, { subject }: OneSubject) {
  const params = { process: oneOf(kind, "process", process, PROCESSES) };
  if (subject === undefined) return params;
  if (process !== "subject") {
    throw new FaultError(`${kind} subject=${subject}: only process subject has numbers`);
  }
  return { ...params, subject: bounded(kind, "subject", subject, SUBJECT) };
}

function endingParams(kind: string, process: ProcessChoice, { signal, subject }: Ending) {
  return {
    ...processParams(kind, process, { subject }),
    signal: oneOf(kind, "signal", signal ?? "SIGKILL", SIGNALS),
  };
}

/** `data_server`, `subject-2`, `the leader`. */
function processText({ process, subject = 0 }: { process: ProcessChoice; subject?: number }) {
  if (process === "subject") return subjectName(subject);
  return process === "data_server" ? process : `the ${process}`;
}

/** Ends a process. Lifting the fault starts it again on the same port. */
export function kill(process: ProcessChoice, values: Ending = {}): FaultValue {
  return faultValue(() => {
    const kind = "process.kill";
    const params = endingParams(kind, process, values);
    const what = processText(params);
    return host(kind, params, `ends ${what} by ${params.signal}`, `starts ${what} again`);
  });
}

/** Ends a process and starts it again at once on the same port; a store restarts empty. */
export function restart(process: ProcessChoice, values: Ending = {}): FaultValue {
  return faultValue(() => {
    const kind = "process.restart";
    const params = endingParams(kind, process, values);
    const text = `ends ${processText(params)} by ${params.signal} and starts it again`;
    return host(kind, params, text, "leaves it running");
  });
}

/** Stops a process by SIGSTOP: it keeps its connections and answers nothing. */
export function freeze(process: ProcessChoice, values: OneSubject = {}): FaultValue {
  return faultValue(() => {
    const kind = "process.freeze";
    const params = processParams(kind, process, values);
    const what = processText(params);
    return host(kind, params, `stops ${what} by SIGSTOP`, `continues ${what} by SIGCONT`);
  });
}

/** Restarts all subjects one after the other, each after the one before has data again. */
export function rollingRestart(): FaultValue {
  const text = "restarts every subject by SIGTERM, one after the other";
  const inverse = "waits until all run again";
  return faultValue(() => host("process.rolling_restart", {}, text, inverse));
}

/** Starts one more subject, which stays until the run ends. */
export function addReplica(): FaultValue {
  const text = "starts one more subject";
  return faultValue(() => host("process.add_replica", {}, text, "leaves it running"));
}

/** The store refuses writes because it is out of memory. */
export function storeFull(): FaultValue {
  return store("store.full", "lets the store refuse writes for want of memory");
}

/** The store refuses writes like a replica, as after a failover. */
export function storeReadOnly(): FaultValue {
  return store("store.read_only", "lets the store refuse writes like a replica");
}

function store(kind: string, text: string): FaultValue {
  const fault: Fault = {
    kind,
    layer: "store",
    hop: null,
    params: {},
    text,
    inverse: "accepts writes again",
  };
  return faultValue(() => fault);
}

/** Ends source and subject together. Lifting the fault starts both again. */
export function restartBoth(): FaultValue {
  const text = "ends data_server and the subject";
  return faultValue(() => host("process.restart_both", {}, text, "starts both again"));
}

/** `workers` processes keep `share` of a core busy each. */
export function cpu(values: { workers: number; share: number }): FaultValue {
  return faultValue(() => {
    const kind = "resource.cpu";
    const params = {
      workers: bounded(kind, "workers", values.workers, whole(1, CPU_WORKERS_MAX)),
      share: bounded(kind, "share", values.share, SHARE),
    };
    const text = `keeps ${params.workers} × ${Math.round(params.share * 100)} % of a core busy`;
    return host(kind, params, text, "ends the busy neighbors");
  });
}

/** Clients that request the list and read the response at `bytes_per_s`. */
export function slowClients(values: { connections: number; bytes_per_s: number }): FaultValue {
  return faultValue(() => {
    const kind = "resource.slow_clients";
    const params = {
      connections: bounded(kind, "connections", values.connections, CONNECTIONS),
      bytes_per_s: bounded(kind, "bytes_per_s", values.bytes_per_s, whole(1, 1e9, "B/s")),
    };
    const text = `${params.connections} clients read at ${params.bytes_per_s} B/s`;
    return host(kind, params, text, "closes their connections");
  });
}

/** Clients that read one list after the other, pause within each, and count lists that are cut. */
export function listReaders(values: { connections: number; pause_ms: number }): FaultValue {
  return faultValue(() => {
    const kind = "resource.list_readers";
    const params = {
      connections: bounded(kind, "connections", values.connections, CONNECTIONS),
      pause_ms: bounded(kind, "pause_ms", values.pause_ms, whole(1, 60_000, "ms")),
    };
    const text = `${params.connections} clients read lists and pause ${params.pause_ms} ms in each`;
    return host(kind, params, text, "closes their connections");
  });
}

/** Opens connections and leaves them idle. */
export function connectionFlood(values: { connections: number; rate_per_s: number }): FaultValue {
  return faultValue(() => {
    const kind = "resource.connection_flood";
    const params = {
      connections: bounded(kind, "connections", values.connections, CONNECTIONS),
      rate_per_s: bounded(kind, "rate_per_s", values.rate_per_s, CONNECTIONS_PER_S),
    };
    const text = `opens ${params.connections} connections, ${params.rate_per_s} a second`;
    return host(kind, params, text, "closes them");
  });
}

/** `factor` times the requests of the baseline. The run itself carries this fault out. */
export function loadStep(values: { factor: number }): FaultValue {
  return faultValue(() => {
    const kind = "resource.load_step";
    const factor = bounded(kind, "factor", values.factor, real(1.1, LOAD_FACTOR_MAX));
    return host(
      kind,
      { factor },
      `sends ${factor} × as many requests`,
      "sends as many requests as before",
    );
  });
}
