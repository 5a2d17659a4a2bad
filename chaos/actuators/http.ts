/** HTTP faults, injected by the lab's own proxy process between source and subject. */
import { fetchRaw } from "../../tools/http/mod.ts";
import { freePort } from "../../tools/processes/mod.ts";
import type { Guard } from "../guard/mod.ts";
import type { CountersAnswer, FaultAnswer } from "../http_faults/control_api.ts";
import { ManagedProcess, type ProcessEvent } from "../subject/mod.ts";
import { type Actuator, attempt } from "./actuator.ts";

/** Timeout of a call to the proxy's control API, in milliseconds. */
const CALL_MS_MAX = 2_000;

const MAIN = new URL("../http_faults/main.ts", import.meta.url);

interface HttpActuatorOptions {
  /** The source: `127.0.0.1:20001`. */
  readonly upstream: string;
  /** Selects the answers, rows and cells of a share. */
  readonly seed: number;
  readonly guard?: Guard;
  readonly onEvent?: (event: ProcessEvent) => void;
}

interface HttpActuator extends Actuator, AsyncDisposable {
  /** Address of the proxy: `127.0.0.1:20003`. */
  readonly listen: string;
  readonly process: ManagedProcess;
}

/** Starts the fault proxy in front of the source. */
export async function startHttpActuator(options: HttpActuatorOptions): Promise<HttpActuator> {
  const port = freePort();
  const control_port = freePort();
  const process = await ManagedProcess.start({
    name: "http_faults",
    command: [
      Deno.execPath(),
      ...["run", "--no-prompt", "--allow-net=127.0.0.1,localhost", MAIN.href],
      ...[String(port), String(control_port), options.upstream, String(options.seed)],
    ],
    env: {},
    port: control_port,
    ready_path: "/counters",
  }, options);
  const call = <T>(method: string, path: string, body?: unknown) =>
    callControl<T>(`127.0.0.1:${control_port}`, method, path, body);
  const diff = async () => {
    if (!process.is_running) return ["the HTTP fault proxy is not running"];
    const { faults } = await call<{ faults: FaultAnswer[] }>("GET", "/faults");
    return faults.map(({ id, kind }) => `${kind} (${id}) is still on`);
  };
  return {
    layer: "http",
    listen: `127.0.0.1:${port}`,
    process,
    apply: (id, { kind, params }, for_ms) => call("PUT", `/faults/${id}`, { kind, params, for_ms }),
    lift: (id) => call("DELETE", `/faults/${id}`),
    async counters() {
      const { connections, requests, bytes_up, bytes_down, hits } = await call<CountersAnswer>(
        "GET",
        "/counters",
      );
      return [{ hop: "source", layer: "http", connections, requests, bytes_up, bytes_down, hits }];
    },
    diff,
    async rollback(onStep) {
      const demandClean = async () => {
        const left = await diff();
        if (left.length > 0) throw new Error(left.join("; "));
      };
      const is_reset = await attempt("reset the HTTP fault proxy", onStep, async () => {
        await call("POST", "/reset");
        await demandClean();
      });
      if (is_reset) return;
      await attempt("restart the HTTP fault proxy", onStep, async () => {
        await process.kill();
        await process.restart();
        await demandClean();
      });
    },
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

async function callControl<T>(
  host: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const bytes = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
  const answer = await fetchRaw({ method, host, path, body: bytes }, CALL_MS_MAX);
  const json = JSON.parse(new TextDecoder().decode(answer.body));
  if (answer.status === 200) return json;
  throw new Error(`HTTP fault proxy, ${method} ${path}: ${json.error ?? answer.status}`);
}
