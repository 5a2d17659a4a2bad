/** A fault as a value: what goes wrong, where, and how it is undone. JSON-able, so that a journal can hold it. */

/** Between whom: `source` is data_server → subject, `client` is client → subject. */
export type Hop = "source" | "client";

/** What carries a fault out. */
export type Layer = "tcp" | "http" | "process" | "resource";

/** Values a fault is made of, by name; the unit is in the name (`delay_ms`). */
export type FaultParams = Readonly<Record<string, number | string | boolean>>;

/** One fault, without its time. Made by the functions of this folder, which check every bound. */
export interface Fault {
  /** `tcp.latency`, `http.status`, `process.kill`, `resource.cpu`, … */
  readonly kind: string;
  readonly layer: Layer;
  /** null where it is not about a connection. */
  readonly hop: Hop | null;
  readonly params: FaultParams;
  /** What it does, for people: `adds 200 ms ± 20 ms to every answer of the source`. */
  readonly text: string;
  /** What lifting it does, for people: `removes the delay`. */
  readonly inverse: string;
}

/** A fault and when: `at_ms` after the start of the fault phase, for `for_ms`. */
export interface TimedFault {
  /** Unique in its scenario: `1-tcp.latency`. */
  readonly id: string;
  readonly at_ms: number;
  readonly for_ms: number;
  readonly fault: Fault;
}
