/**
 * TCP fault proxy with Toxiproxy's HTTP API, its client, and a finder for the real one.
 *
 * `deno task toxiproxy` serves the API on :8474.
 */
export type { Attributes, Stream, ToxicType } from "./checks.ts";
export { type NewProxy, type NewToxic, ToxiproxyClient, ToxiproxyError } from "./client.ts";
export type { ToxicView } from "./link.ts";
export type { ProxyHits, ToxicHits } from "./hits.ts";
export type { ProxyView } from "./proxy.ts";
export { type EmbeddedServer, startServer } from "./server.ts";
export {
  askToxiproxy,
  type EngineChoice,
  findRealToxiproxy,
  type RealToxiproxy,
  type RunningToxiproxy,
  startToxiproxy,
  startToxiproxyBy,
} from "./start.ts";
