/** `GET /metrics`: the real server's byte counters, and the hits. */
import type { ProxySet } from "./proxies.ts";

/** Prometheus text format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function metricsText(proxies: ProxySet): string {
  const received: string[] = [];
  const sent: string[] = [];
  const hits: string[] = [];
  for (const { name, listen, upstream, hits: seen } of proxies.list()) {
    const of = (direction: string, proxy_bytes: number) =>
      `{direction="${direction}",listener="${escape(listen)}",proxy="${escape(name)}",` +
      `upstream="${escape(upstream)}"} ${proxy_bytes}`;
    received.push(of("downstream", seen.bytes_down), of("upstream", seen.bytes_up));
    sent.push(of("downstream", seen.bytes_down_sent), of("upstream", seen.bytes_up_sent));
    for (const [toxic, counted] of Object.entries(seen.toxics)) {
      hits.push(`{proxy="${escape(name)}",toxic="${escape(toxic)}"} ${counted.hits}`);
    }
  }
  return family("toxiproxy_proxy_received_bytes_total", "Bytes received.", received) +
    family("toxiproxy_proxy_sent_bytes_total", "Bytes sent.", sent) +
    family("toxiproxy_toxic_hits_total", "Times a toxic affected data or a connection.", hits);
}

function family(name: string, help: string, samples: string[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map((sample) => name + sample);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...lines, ""].join("\n");
}

/** Escapes a label value (Prometheus text format 0.0.4). */
function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
