/** Resource faults: busy neighbors and greedy clients, each a process of its own. */
import { type Actuator, hitsOnly } from "./actuator.ts";
import { within } from "../../tools/verdict/mod.ts";
import type { Guard } from "../guard/mod.ts";
import { ManagedProcess, type ProcessEvent } from "../subject/mod.ts";
import type { Fault } from "../vocabulary/mod.ts";

/** A process ends by itself this long after its fault's duration, in milliseconds. */
const LIFE_SLACK_MS = 2_000;
/** Lifetime of a fault without a duration, in milliseconds. */
const LIFE_MS_DEFAULT = 120_000;
/** Longest wait for the first hit, in milliseconds. */
const FIRST_HIT_MS_MAX = 10_000;

const FOLDER = new URL("./resource/", import.meta.url);

interface ResourceActuatorOptions {
  /** Server that the clients connect to: `127.0.0.1:20004`. */
  readonly target: string;
  /** Path that readers of lists request; default `/telemetry/ListMetrics`. */
  readonly list_path?: string;
  readonly guard?: Guard;
  readonly onEvent?: (event: ProcessEvent) => void;
}

/**
 * Runs each fault as a process that ends when the fault is lifted, or by itself some time after its
 * duration. A hit is a 10 ms slice of CPU time, a connection or a list.
 */
export function resourceActuator(options: ResourceActuatorOptions): Actuator & AsyncDisposable {
  const hits = new Map<string, number>();
  /** Only for faults that count cut answers. */
  const cut = new Map<string, number>();
  const running = new Map<string, ManagedProcess>();
  const lift = async (id: string) => {
    const process = running.get(id);
    if (process === undefined) return;
    await process.kill("SIGKILL");
    running.delete(id);
  };
  const liftAll = async () => {
    await Promise.all([...running.keys()].map(lift));
  };
  return {
    layer: "resource",
    async apply(id, fault, for_ms) {
      await lift(id);
      const first_hit = Promise.withResolvers<void>();
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
          const counts = JSON.parse(line);
          hits.set(id, before + Number(counts.hits));
          if (fault.kind === "resource.list_readers") cut.set(id, Number(counts.cut));
          first_hit.resolve();
        },
      });
      running.set(id, process);
      try {
        await waitForHit(process, first_hit.promise);
      } catch (error) {
        await lift(id);
        throw error;
      }
    },
    lift,
    async counters() {
      const [counters] = await hitsOnly("resource", Object.fromEntries(hits));
      return [cut.size === 0 ? counters : { ...counters, cut: Object.fromEntries(cut) }];
    },
    diff: () =>
      Promise.resolve(
        [...running].filter(([, { is_running }]) => is_running)
          .map(([id, { pid }]) => `${id} (pid ${pid}) is still on`),
      ),
    async rollback(onStep) {
      await liftAll();
      onStep("end the resource faults' processes", true);
    },
    [Symbol.asyncDispose]: liftAll,
  };
}

/** Arguments for Deno: permissions, program, and the program's arguments. */
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
    case "resource.list_readers":
      return [
        ...[net, file("list_readers_main.ts"), life, target, list_path],
        ...[String(connections), String(params.pause_ms)],
      ];
    case "resource.connection_flood":
      return [
        ...[net, file("connection_flood_main.ts"), life, target],
        ...[String(connections), String(params.rate_per_s)],
      ];
    default:
      throw new Error(`${kind} is not a resource fault that runs as a process`);
  }
}

async function waitForHit(process: ManagedProcess, first_hit: Promise<void>): Promise<void> {
  const end = process.ended.then(({ code }) => {
    throw new Error(`it ended with exit code ${code}`);
  });
  try {
    await within("its first hit", Promise.race([first_hit, end]), FIRST_HIT_MS_MAX);
  } catch (error) {
    const stderr = process.stderr || "(nothing)";
    throw new Error(
      `${process.name} had no effect: ${(error as Error).message}; stderr: ${stderr}`,
    );
  }
}
