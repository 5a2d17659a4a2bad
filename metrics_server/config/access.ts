/** Variables of access. */
import { choice, type Config, text } from "../../platform/mod.ts";
import { corsOriginsProblem } from "../access/mod.ts";
import type { MetricsServerConfig } from "./mod.ts";

export const ACCESS_SPEC = {
  AUTH_TOKENS_FILE: text({
    default: "",
    description: "File of the tokens that may read, lines of name sha256:<hex>, read again when " +
      "it changes, such as secrets/tokens; empty: every client may read",
  }),
  AUTH_METRICS: choice({
    default: "on",
    of: ["on", "off"],
    description: "With AUTH_TOKENS_FILE, whether /metrics needs a token; health never does",
  }),
  TLS_CERT_FILE: text({
    default: "",
    description: "File of the certificate (PEM) for clients, with its chain, read again when it " +
      "changes; empty: HTTP without TLS",
  }),
  TLS_KEY_FILE: text({
    default: "",
    description: "File of that certificate's key (PEM)",
  }),
  CORS_ORIGINS: text({
    default: "",
    problemOf: corsOriginsProblem,
    description: "Origins whose pages may read answers, separated by commas, such as " +
      "https://grafana.example, or * for any; empty: none",
  }),
};

type Access =
  & Pick<MetricsServerConfig, "ALLOWED_HOSTS" | "BIND_HOST" | "PORT">
  & Pick<Config<typeof ACCESS_SPEC>, "AUTH_TOKENS_FILE">;

const EVERY_ADDRESS = /^(?:0\.0\.0\.0|\[?::\]?)$/;

/** Why every machine of the network may read everything; null if some access is set. */
export function openAccess(config: Access): string | null {
  const { ALLOWED_HOSTS, AUTH_TOKENS_FILE, BIND_HOST, PORT } = config;
  if (!EVERY_ADDRESS.test(BIND_HOST) || `${ALLOWED_HOSTS}${AUTH_TOKENS_FILE}` !== "") return null;
  return `BIND_HOST=${BIND_HOST} lets every machine that reaches port ${PORT} read the telemetry: ` +
    "set AUTH_TOKENS_FILE, BIND_HOST=127.0.0.1, or ALLOWED_HOSTS to the names that clients use";
}
