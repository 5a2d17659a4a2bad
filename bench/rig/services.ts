/** The processes a measurement is made of, each ready to answer when it is returned. */
import { fetchRaw, type RawAnswer } from "../../tools/http/mod.ts";
import { unset } from "../../tools/processes/mod.ts";
import type { BareAnswer } from "./bare_answer.ts";
import { type DenoProcess, programOf, type ServiceProgram, startDeno } from "./deno_process.ts";
import { waitUntil } from "./wait_until.ts";

/** How long a process may take to answer for the first time, in milliseconds. */
export const READY_MS_MAX = 30_000;

/** The bare server's program. */
export const BARE_SERVER = "bench/bare_server.ts";

/** data_server with 64 switches that keeps its first snapshot: a new one would end the 304s. */
export function startStillDataServer(): Promise<DenoProcess> {
  return startDataServer({ DATA_SWITCHES: "64", DATA_INTERVAL_SEC: "3600", LOG_LEVEL: "WARN" });
}

/** data_server with its default settings but those in `env`. */
export async function startDataServer(env: Record<string, string> = {}): Promise<DenoProcess> {
  const source = startService("data_server", programOf("data"), env);
  await ready(source, "/counters");
  return source;
}

/** metrics_server with its default settings but those in `env`, polling that source. */
export async function startMetricsServer(
  name: string,
  source: DenoProcess,
  env: Record<string, string> = {},
  program: ServiceProgram = programOf("metrics"),
): Promise<DenoProcess> {
  const server = launchMetricsServer(name, source, env, program);
  await ready(server, "/readyz");
  return server;
}

/** Like {@link startMetricsServer}, without waiting for anything. */
export function launchMetricsServer(
  name: string,
  source: DenoProcess,
  env: Record<string, string> = {},
  program: ServiceProgram = programOf("metrics"),
): DenoProcess {
  const UPSTREAM_URL = `http://${source.host}/counters`;
  return startService(name, program, { UPSTREAM_URL, ...env });
}

/** A bare `Deno.serve` with this one answer, or, where that is conditional, with this and a 200. */
export async function startBareServer(
  name: string,
  answer: BareAnswer,
  script = BARE_SERVER,
): Promise<DenoProcess> {
  const args = ["run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env=BARE_ANSWER,PORT"];
  const bare = startDeno(name, [...args, script], {
    BARE_ANSWER: JSON.stringify(answer),
  });
  await ready(bare, "/", answer.if_none_match === undefined ? answer.status : 200);
  return bare;
}

/** The source of 100,000 × 30 that can hold and refresh. */
export async function startRefreshSource(): Promise<DenoProcess> {
  const args = ["run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env=PORT"];
  const source = startDeno("refresh_source", [...args, "bench/refresh_source.ts"], {}, {
    yields: true,
  });
  await ready(source, "/sent");
  return source;
}

/** A service on the loopback address, at its defaults but for `env`: neither `.env` nor the shell count. */
function startService(
  name: string,
  { args, variables, cwd }: ServiceProgram,
  env: Record<string, string>,
): DenoProcess {
  return startDeno(name, args, { ...unset(variables), BIND_HOST: "127.0.0.1", ...env }, { cwd });
}

/** Waits for an answer of this status; ends the process where none comes. */
export async function ready(
  process: DenoProcess,
  path: string,
  status = 200,
): Promise<RawAnswer> {
  const answer = waitUntil(
    `${process.name} to answer ${path} with ${status}`,
    READY_MS_MAX,
    async () => {
      const answer = await fetchRaw({ host: process.host, path });
      return answer.status === status ? answer : null;
    },
  );
  try {
    return await Promise.race([answer, process.failed]);
  } catch (error) {
    answer.catch(() => {});
    await process[Symbol.asyncDispose]();
    throw error;
  }
}
