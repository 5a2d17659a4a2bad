/** What carries faults out in a run; tests put their own in its place. */
import type { Actuator } from "../actuators/actuator.ts";
import { startHttpActuator } from "../actuators/http.ts";
import { processActuator } from "../actuators/process.ts";
import { resourceActuator } from "../actuators/resource.ts";
import { startTcpActuator } from "../actuators/tcp.ts";
import type { Guard } from "../guard/mod.ts";
import type { ManagedProcess, ProcessEvent } from "../subject/mod.ts";
import type { Hop } from "../vocabulary/mod.ts";

/** Which TCP proxy is wanted. */
export type EngineChoice = "auto" | "real" | "embedded";
/** All of them. */
export const ENGINE_CHOICES: readonly EngineChoice[] = ["auto", "real", "embedded"];

/** TCP faults, by proxies on the hops. */
export interface TcpEngine extends Actuator, AsyncDisposable {
  /** `toxiproxy git (real)` or `embedded`. */
  readonly engine: string;
  /** `127.0.0.1:20001`: where to connect to for that hop. */
  listen(hop: Hop): string;
}

/** HTTP faults, by a proxy in front of the source. */
export interface HttpEngine extends Actuator, AsyncDisposable {
  /** `127.0.0.1:20002` */
  readonly listen: string;
}

/** What every engine is started with. */
export interface EngineOptions {
  readonly guard: Guard;
  readonly seed: number;
  /** Told of the engine's own process; an end that is not expected is trouble. */
  readonly onEvent: (event: ProcessEvent) => void;
}

/** The parts of a run that carry faults out. */
export interface Engines {
  tcp(
    options: EngineOptions & { engine: EngineChoice; hops: { hop: Hop; upstream: string }[] },
  ): Promise<TcpEngine>;
  http(options: EngineOptions & { upstream: string }): Promise<HttpEngine>;
  process(processes: ReadonlyMap<string, ManagedProcess>): Actuator & Partial<AsyncDisposable>;
  resource(options: EngineOptions & { target: string }): Actuator & Partial<AsyncDisposable>;
}

/** Toxiproxy real or embedded, the lab's own HTTP proxy, the lab's own processes. */
export const DEFAULT_ENGINES: Engines = {
  tcp: startTcpActuator,
  http: startHttpActuator,
  process: processActuator,
  resource: resourceActuator,
};
