/** Ends processes: asked first, then made to. */
import type { ProcessIdentity } from "./proc.ts";

/** How long they may take to end by themselves after SIGTERM, in milliseconds. */
export const TERM_MS_MAX = 1_000;
/** How long SIGKILL may take to show, in milliseconds. */
export const KILL_MS_MAX = 500;
/** Time between two looks, in milliseconds. */
const LOOK_EVERY_MS = 20;

/** One to be ended. */
export interface Victim {
  readonly identity: ProcessIdentity;
  readonly name: string;
}

/** How processes are looked at and reached. */
export interface ProcessWorld {
  /** Who is to be ended, as of now: more may turn up. */
  victims(): readonly Victim[];
  isRunning(identity: ProcessIdentity): boolean;
  signal(pid: number, signal: "SIGTERM" | "SIGKILL"): void;
  now(): number;
  pause(pause_ms: number): Promise<void>;
}

/**
 * SIGTERM to all, SIGKILL after {@link TERM_MS_MAX} to those that still run. A pid that has been
 * given to another process is not touched. Gives those that still run at the end.
 */
export async function endProcesses(
  world: ProcessWorld,
  onStep: (step: string) => void,
): Promise<Victim[]> {
  const running = () => world.victims().filter(({ identity }) => world.isRunning(identity));
  const sendTo = (victims: Victim[], signal: "SIGTERM" | "SIGKILL") => {
    for (const { identity, name } of victims) {
      try {
        world.signal(identity.pid, signal);
        onStep(`${signal} to ${name} (pid ${identity.pid})`);
      } catch {
        // It ended between the look and the signal.
      }
    }
  };
  const waitFor = async (wait_ms: number) => {
    const until_ms = world.now() + wait_ms;
    while (running().length > 0 && world.now() < until_ms) await world.pause(LOOK_EVERY_MS);
    return running();
  };
  sendTo(running(), "SIGTERM");
  const stubborn = await waitFor(TERM_MS_MAX);
  sendTo(stubborn, "SIGKILL");
  return await waitFor(KILL_MS_MAX);
}
