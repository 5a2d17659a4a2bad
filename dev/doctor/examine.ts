/** All checks, in the order in which one leads to the next. */
import type { Env } from "../../platform/mod.ts";
import type { Finding } from "./finding.ts";
import { judgeConfig, type Settings } from "./judge_config.ts";
import { judgeDeno, judgeK6, judgePort, judgeToxiproxy } from "./judge_machine.ts";
import { judgeService } from "./judge_service.ts";
import { judgeSource } from "./judge_source.ts";
import { probeK6, probePort, probeService, probeSource, probeToxiproxy } from "./probe.ts";

/**
 * Looks at everything.
 *
 * @param toxiproxy_url `TOXIPROXY_URL` of the process: the chaos lab reads no `.env`.
 */
export async function examine(env: Env, toxiproxy_url?: string): Promise<Finding[]> {
  const { findings, settings } = judgeConfig(env);
  const [around, toxiproxy, k6] = await Promise.all([
    settings === null ? [] : examineServices(settings),
    probeToxiproxy(toxiproxy_url),
    probeK6(),
  ]);
  return [
    judgeDeno(Deno.version.deno),
    ...findings,
    ...around,
    judgeToxiproxy(toxiproxy),
    judgeK6(k6),
  ];
}

async function examineServices(settings: Settings): Promise<Finding[]> {
  const { data_port, metrics_port, sources, are_named, poll_timeout_ms } = settings;
  const ports = await Promise.all([
    probePort({ port: data_port, variable: "DATA_PORT", service: "data_server" }),
    probePort({ port: metrics_port, variable: "METRICS_PORT", service: "metrics_server" }),
  ]);
  const [service, ...probes] = await Promise.all([
    probeService(metrics_port),
    ...sources.map((url) => probeSource(url, are_named, poll_timeout_ms)),
  ]);
  return [
    ...ports.map(judgePort),
    ...probes.flatMap((probe) => judgeSource(probe, settings)),
    ...judgeService(service),
  ];
}
