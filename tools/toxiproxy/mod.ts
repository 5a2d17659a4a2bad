/**
 * TCP fault proxy with Toxiproxy's HTTP API, its client, and the way to the real one.
 *
 * `deno task toxiproxy` serves the API on :8474; `deno task toxiproxy cli` talks to it.
 */
export { type NewProxy, type NewToxic, ToxiproxyClient, ToxiproxyError } from "./client.ts";
export { DIFFERENCES } from "./differences.ts";
export type { ProxyHits, ToxicHits } from "./engine/hits.ts";
export type { ProxyView } from "./engine/proxy.ts";
export type { ToxicView } from "./engine/toxic.ts";
export { findRealToxiproxy, type RealToxiproxy } from "./find_real.ts";
export { type EmbeddedServer, type ServerOptions, startServer } from "./server.ts";
export {
  askToxiproxy,
  type EngineChoice,
  type RunningToxiproxy,
  startToxiproxy,
  type ToxiproxyOptions,
} from "./start_toxiproxy.ts";
export type { Attributes, Stream, ToxicType } from "./toxics/attributes.ts";
