/** `GET /metrics` in the Prometheus text format: the real server's byte counters, and the hits. */
import type { ProxySet } from "../engine/proxy_set.ts";

export function metricsText(proxies: ProxySet): string {
  const received: string[] = [];
  const hits: string[] = [];
  for (const { name, listen, upstream, hits: seen } of proxies.list()) {
    const of = (direction: string, proxy_bytes: number) =>
      `{direction="${direction}",listener="${escape(listen)}",proxy="${escape(name)}",` +
      `upstream="${escape(upstream)}"} ${proxy_bytes}`;
    received.push(of("upstream", seen.bytes_up), of("downstream", seen.bytes_down));
    for (const [toxic, counted] of Object.entries(seen.toxics)) {
      hits.push(`{proxy="${escape(name)}",toxic="${escape(toxic)}"} ${counted.hits}`);
    }
  }
  return family("toxiproxy_proxy_received_bytes_total", "Bytes received.", received) +
    family("toxiproxy_toxic_hits_total", "Times a toxic touched data or a connection.", hits);
}

function family(name: string, help: string, samples: string[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map((sample) => name + sample);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...lines, ""].join("\n");
}

/** Label values, by the format's rules. */
function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
