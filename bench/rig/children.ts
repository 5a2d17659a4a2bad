/** Every process this one has started and not yet seen the end of, so that none outlives it. */
import { endWithUs } from "../../tools/processes/mod.ts";

const running = new Set<Deno.ChildProcess>();

/** Starts a process and keeps it in mind until it ends. Where we are killed, it is, too. */
export function spawnChild(command: Deno.Command): Child {
  const child = command.spawn();
  running.add(child);
  child.status.finally(() => running.delete(child));
  return new Child(child);
}

/** Ends what still runs, at once: for the moment in which this process is told to stop. */
export function killChildren(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** A process of a measurement. */
export class Child {
  /** When it is known, nothing of the process is left. */
  readonly status: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;

  constructor(child: Deno.ChildProcess) {
    const will = endWithUs(child.pid);
    this.#child = child;
    this.status = child.status.finally(() => will.revoke());
  }

  get pid(): number {
    return this.#child.pid;
  }

  get stdin(): WritableStream<Uint8Array<ArrayBuffer>> {
    return this.#child.stdin;
  }

  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#child.stdout;
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Reads what is piped and waits for the end. */
  async output(): Promise<Deno.CommandOutput> {
    const output = await this.#child.output();
    await this.status;
    return output;
  }
}
