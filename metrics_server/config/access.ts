/** Variables of access: who may read what. */
import type { MetricsServerConfig } from "./mod.ts";

type Access = Pick<MetricsServerConfig, "ALLOWED_HOSTS" | "BIND_HOST" | "PORT">;

const EVERY_ADDRESS = /^(?:0\.0\.0\.0|\[?::\]?)$/;

/** Why every machine of the network may read everything; null if some access is set. */
export function openAccess({ ALLOWED_HOSTS, BIND_HOST, PORT }: Access): string | null {
  if (!EVERY_ADDRESS.test(BIND_HOST) || ALLOWED_HOSTS !== "") return null;
  return `BIND_HOST=${BIND_HOST} lets every machine that reaches port ${PORT} read the telemetry: ` +
    "set BIND_HOST=127.0.0.1, or ALLOWED_HOSTS to the names that clients use";
}
