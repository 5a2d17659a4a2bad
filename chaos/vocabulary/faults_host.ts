/** Faults of the host: processes that end, busy neighbors, and clients that use too much. */
import { bounded, type FaultValue, faultValue, oneOf, real, SHARE, whole } from "./fault_value.ts";
import type { Fault, FaultParams } from "./plan.ts";

const PROCESSES = ["data_server", "subject"] as const;
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

/** Ends a process. Lifting the fault starts it again on the same port. */
export function kill(
  process: typeof PROCESSES[number],
  values: { signal?: typeof SIGNALS[number] } = {},
): FaultValue {
  return faultValue(() => {
    const kind = "process.kill";
    const params = {
      process: oneOf(kind, "process", process, PROCESSES),
      signal: oneOf(kind, "signal", values.signal ?? "SIGKILL", SIGNALS),
    };
    const text = `ends ${params.process} by ${params.signal}`;
    return host(kind, params, text, `starts ${params.process} again`);
  });
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
