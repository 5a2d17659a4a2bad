/** Faults of resources: neighbors and clients that take more than their part, as processes. */
import { type Actuator, hitsOnly } from "./actuator.ts";
import type { Guard } from "../guard/mod.ts";
import { ManagedProcess, type ProcessEvent } from "../subject/mod.ts";
import type { Fault } from "../vocabulary/mod.ts";

/** Such a process ends by itself this long after its fault's duration, in milliseconds. */
export const LIFE_SLACK_MS = 2_000;
/** How long it lives where no duration was told, in milliseconds. */
export const LIFE_MS_DEFAULT = 120_000;
/** How long it may take to do its first harm, in milliseconds. */
export const BITE_MS_MAX = 10_000;

const FOLDER = new URL("./resource/", import.meta.url);

/** Options of {@link resourceActuator}. */
export interface ResourceActuatorOptions {
  /** Whose clients misbehave: `127.0.0.1:20004`. */
  readonly target: string;
  /** What slow clients ask for; default `/telemetry/ListMetrics`. */
  readonly list_path?: string;
  readonly guard?: Guard;
  readonly onEvent?: (event: ProcessEvent) => void;
}

/** The actuator; disposing of it ends what still runs. */
export interface ResourceActuator extends Actuator, AsyncDisposable {
  readonly layer: "resource";
}

/**
 * Each fault is a process of its own that ends when it is lifted, or by itself some time after its
 * duration. Hits: 10 ms slices of CPU taken, connections made.
 */
export function resourceActuator(options: ResourceActuatorOptions): ResourceActuator {
  const hits = new Map<string, number>();
  const running = new Map<string, ManagedProcess>();
  const lift = async (id: string) => {
    const process = running.get(id);
    if (process === undefined) return;
    await process.kill("SIGKILL"); // it holds nothing that wants an orderly end
    running.delete(id);
  };
  const liftAll = async () => {
    await Promise.all([...running.keys()].map(lift));
  };
  return {
    layer: "resource",
    async apply(id, fault, for_ms) {
      await lift(id);
      const bite = Promise.withResolvers<void>();
      const before = hits.get(id) ?? 0;
      hits.set(id, before);
      const life_ms = for_ms === undefined ? LIFE_MS_DEFAULT : for_ms + LIFE_SLACK_MS;
      const process = await ManagedProcess.start({
        name: id,
        command: [Deno.execPath(), "run", "--no-prompt", ...program(fault, life_ms, options)],
        env: {},
        port: null,
        ready_path: "/",
      }, {
        guard: options.guard,
        onEvent: options.onEvent,
        onLine: (line) => {
          hits.set(id, before + Number(JSON.parse(line).hits));
          bite.resolve();
        },
      });
      running.set(id, process);
      try {
        await firstBite(process, bite.promise);
      } catch (error) {
        await lift(id);
        throw error;
      }
    },
    lift,
    counters: () => hitsOnly("resource", Object.fromEntries(hits)),
    diff: () =>
      Promise.resolve(
        [...running].filter(([, { is_running }]) => is_running)
          .map(([id, { pid }]) => `${id} (pid ${pid}) is still on`),
      ),
    async rollback(onStep) {
      await liftAll();
      onStep("end the processes that take resources", true);
    },
    [Symbol.asyncDispose]: liftAll,
  };
}

/** Arguments for Deno: the program, what it may do, and its own arguments. */
function program(
  { kind, params }: Fault,
  life_ms: number,
  { target, list_path = "/telemetry/ListMetrics" }: ResourceActuatorOptions,
): string[] {
  const file = (name: string) => new URL(name, FOLDER).href;
  const net = `--allow-net=${target}`;
  const life = String(Math.round(life_ms));
  const { connections } = params;
  switch (kind) {
    case "resource.cpu":
      return [
        `--allow-read=${import.meta.dirname}/resource/`,
        ...[file("cpu_main.ts"), life, String(params.workers), String(params.share)],
      ];
    case "resource.slow_clients":
      return [
        ...[net, file("slow_clients_main.ts"), life, target, list_path],
        ...[String(connections), String(params.bytes_per_s)],
      ];
    case "resource.connection_flood":
      return [
        ...[net, file("connection_flood_main.ts"), life, target],
        ...[String(connections), String(params.rate_per_s)],
      ];
    default:
      throw new Error(`${kind}: no fault of resources that a process carries out`);
  }
}

async function firstBite(process: ManagedProcess, bite: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), BITE_MS_MAX);
  const outcome = await Promise.race([bite, process.ended, late])
    .finally(() => clearTimeout(timer));
  if (outcome === undefined) return;
  const why = outcome === "late" ? `waited ${BITE_MS_MAX} ms` : `ended with ${outcome.code}`;
  throw new Error(
    `${process.name} did nothing: ${why}; stderr: ${process.stderr || "(nothing)"}`,
  );
}
