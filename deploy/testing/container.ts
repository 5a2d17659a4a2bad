/**
 * Runs an image's start command and health check as processes in the image's folder, with the
 * container's environment and no other.
 */
import { runProcess, startProcess } from "../../tools/processes/mod.ts";
import { firstValue } from "../../tools/verdict/mod.ts";
import type { Dockerfile } from "./image.ts";
import type { ComposeService } from "./project.ts";

const HEALTHY_MS_MAX = 15_000;

/** Time to stop by itself after SIGTERM; the compose file's `stop_grace_period`. */
export const STOP_MS_MAX = 5_000;

const CHECK_PAUSE_MS = 100;

/** Unreachable registries: a start that needs a package fails instead of fetching it. */
const NO_REGISTRY = { JSR_URL: "http://127.0.0.1:1", NPM_CONFIG_REGISTRY: "http://127.0.0.1:1" };

/** The port of this machine for each service's port: `{"data-server": {9001: 40001}}`. */
export type PortMap = Record<string, Record<number, number>>;

/** Variables of Dockerfile and compose file; ports and addresses are mapped to this machine. */
export function containerEnv(
  name: string,
  dockerfile: Dockerfile,
  service: ComposeService,
  ports: PortMap,
  image_root: string,
): Record<string, string> {
  const env = { ...dockerfile.env, ...service.environment };
  for (const [variable, value] of Object.entries(env)) {
    if (value.startsWith("/")) env[variable] = image_root + value;
    if (/^https?:/.test(value)) env[variable] = mapUrl(value, ports);
  }
  env.PORT = String(ports[name][Number(env.PORT)]);
  return { ...env, ...NO_REGISTRY };
}

function mapUrl(value: string, ports: PortMap): string {
  const url = new URL(value);
  const port = ports[url.hostname]?.[Number(url.port || 80)];
  if (port === undefined) throw new Error(`${value}: no service of this name has this port`);
  url.host = `127.0.0.1:${port}`;
  return url.href;
}

export interface Container {
  /** Waits for the health check to pass. Throws, with the log, if it does not. */
  healthy(wait_ms?: number): Promise<void>;
  stop(): Promise<{ code: number; log: string }>;
}

/** Starts the image's command in its folder, without a container's network, user and root. */
export function startContainer(
  dockerfile: Dockerfile,
  image_root: string,
  env: Record<string, string>,
): Container {
  const command = ([first, ...words]: string[]) => [program(first), ...words];
  const options = { cwd: image_root + dockerfile.workdir, clear_env: true, env };
  const process = startProcess(command([...dockerfile.entrypoint, ...dockerfile.command]), {
    ...options,
    stdout: "piped",
    stderr: "piped",
    stop_ms_max: STOP_MS_MAX,
  });
  const output = Promise.all(
    [process.stdout, process.stderr].map((one) => new Response(one).text()),
  );
  const stop = async () => {
    const { code } = await process.stop();
    return { code, log: (await output).join("") };
  };
  const healthy = async (wait_ms_max = HEALTHY_MS_MAX) => {
    const isHealthy = async () => {
      if (process.has_ended) return "ended";
      const { code } = await runProcess(command(dockerfile.healthcheck), options);
      return code === 0 && "healthy";
    };
    const look_every_ms = CHECK_PAUSE_MS;
    if (await firstValue(isHealthy, { wait_ms_max, look_every_ms }) === "healthy") return;
    const why = process.has_ended ? "ended" : `was not healthy within ${wait_ms_max} ms`;
    throw new Error(`the container ${why}: ${(await stop()).log}`);
  };
  return { healthy, stop };
}

/** The images' only program is Deno: here the Deno that runs this. */
function program(word: string): string {
  if (word !== "deno") throw new Error(`${word}: the image has no other program than deno`);
  return Deno.execPath();
}
