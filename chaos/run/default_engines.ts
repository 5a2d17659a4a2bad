/** The engines of a run outside of tests. */
import { startHttpActuator } from "../actuators/http.ts";
import { processActuator } from "../actuators/process.ts";
import { resourceActuator } from "../actuators/resource.ts";
import { startTcpActuator } from "../actuators/tcp.ts";
import type { Engines } from "./engines.ts";

/** Toxiproxy real or embedded, the lab's own HTTP proxy, the lab's own processes. */
export const DEFAULT_ENGINES: Engines = {
  tcp: startTcpActuator,
  http: startHttpActuator,
  process: (processes) => processActuator({ processes }),
  resource: resourceActuator,
};
