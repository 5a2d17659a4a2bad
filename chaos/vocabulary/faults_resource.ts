/** Neighbors and clients that take more than their part. */
import {
  bounded,
  CPU_WORKERS_MAX,
  FAULT_CONNECTIONS_MAX,
  FAULT_CONNECTIONS_PER_S_MAX,
  LOAD_FACTOR_MAX,
  real,
  SHARE,
  whole,
} from "./bounds.ts";
import type { Fault, FaultParams } from "./fault.ts";
import { type FaultValue, faultValue } from "./fault_value.ts";

function resource(kind: string, params: FaultParams, text: string, inverse: string): Fault {
  return { kind, layer: "resource", hop: null, params, text, inverse };
}

/** `workers` programs keep `share` of a core busy each. */
export function cpu(values: { workers: number; share: number }): FaultValue {
  return faultValue(() => {
    const kind = "resource.cpu";
    const params = {
      workers: bounded(kind, "workers", values.workers, whole(1, CPU_WORKERS_MAX)),
      share: bounded(kind, "share", values.share, SHARE),
    };
    const text = `keeps ${params.workers} × ${Math.round(params.share * 100)} % of a core busy`;
    return resource(kind, params, text, "ends the busy neighbors");
  });
}

/** Clients that ask for the list and read the answer at `bytes_per_s`. */
export function slowClients(values: { connections: number; bytes_per_s: number }): FaultValue {
  return faultValue(() => {
    const kind = "resource.slow_clients";
    const params = {
      connections: bounded(
        kind,
        "connections",
        values.connections,
        whole(1, FAULT_CONNECTIONS_MAX),
      ),
      bytes_per_s: bounded(kind, "bytes_per_s", values.bytes_per_s, whole(1, 1e9, "B/s")),
    };
    const text = `${params.connections} clients read at ${params.bytes_per_s} B/s`;
    return resource(kind, params, text, "closes their connections");
  });
}

/** Connections are opened and left idle. */
export function connectionFlood(
  values: { connections: number; rate_per_s: number },
): FaultValue {
  return faultValue(() => {
    const kind = "resource.connection_flood";
    const rate = whole(1, FAULT_CONNECTIONS_PER_S_MAX, "1/s");
    const params = {
      connections: bounded(
        kind,
        "connections",
        values.connections,
        whole(1, FAULT_CONNECTIONS_MAX),
      ),
      rate_per_s: bounded(kind, "rate_per_s", values.rate_per_s, rate),
    };
    const text = `opens ${params.connections} connections, ${params.rate_per_s} a second`;
    return resource(kind, params, text, "closes them");
  });
}

/** `factor` times as many requests as in the baseline; the run itself carries this one out. */
export function loadStep(values: { factor: number }): FaultValue {
  return faultValue(() => {
    const kind = "resource.load_step";
    const factor = bounded(kind, "factor", values.factor, real(1.1, LOAD_FACTOR_MAX));
    return resource(kind, { factor }, `asks ${factor} × as often`, "asks as often as before");
  });
}
