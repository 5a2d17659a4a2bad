/** Asking metrics_server, in the words of its contract. */
import type { StatsAnswer } from "../../contracts/mod.ts";
import { type Answer, type Ask, request } from "./http_socket.ts";

type Target = { readonly port: number };

/** `GET /telemetry/GetMetric`. */
export function getMetric(
  server: Target,
  switch_id: string,
  metric: string,
  ask: Ask & { query?: string } = {},
): Promise<Answer> {
  const query = `switch_id=${encodeURIComponent(switch_id)}&metric=${encodeURIComponent(metric)}`;
  return request(server, `/telemetry/GetMetric?${query}${ask.query ?? ""}`, ask);
}

/** `GET /telemetry/ListMetrics`. */
export function listMetrics(server: Target, ask: Ask = {}): Promise<Answer> {
  return request(server, "/telemetry/ListMetrics", ask);
}

/** `GET /stats`, read. */
export async function stats(server: Target): Promise<StatsAnswer> {
  return (await request(server, "/stats")).json();
}
