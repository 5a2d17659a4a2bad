/** The handler of HEALTH_PORT: liveness and readiness alone, neither counted nor logged. */
import { splitUrl } from "../../platform/mod.ts";
import type { Store } from "../store.ts";
import type { ServeLimits } from "./get_metric.ts";
import { refuse } from "./problems.ts";
import { healthz, readyz } from "./status.ts";

export function createHealthHandler(
  store: Store,
  limits: ServeLimits,
  now: () => number,
  isStopping: () => boolean,
): (request: Pick<Request, "url">) => Response {
  return ({ url }) => {
    const [path] = splitUrl(url);
    if (path === "/healthz") return healthz();
    if (path === "/readyz") return readyz(store, limits, now(), isStopping());
    return refuse("unknown-path", {
      detail: "HEALTH_PORT answers /healthz and /readyz alone: use PORT for other paths",
    });
  };
}
