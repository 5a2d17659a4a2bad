/** A TCP engine for tests of the run itself: in this process, it passes on, refuses or hangs. */
import type { Hop } from "../../vocabulary/mod.ts";
import type { TcpEngine } from "../engines.ts";

/** Starts it; each hop listens on a port of its own that stays the same while it refuses. */
export function startPlainTcp(hops: readonly { hop: Hop; upstream: string }[]): TcpEngine {
  const doors = new Map(hops.map(({ hop, upstream }) => [hop, new Door(upstream)]));
  const on = new Map<string, Door>();
  const hits: Record<string, number> = {};
  const lift = (id: string) => {
    on.get(id)?.open();
    on.delete(id);
    return Promise.resolve();
  };
  return {
    layer: "tcp",
    engine: "plain (test)",
    listen: (hop) => `127.0.0.1:${doors.get(hop)!.port}`,
    apply(id, fault) {
      const door = doors.get(fault.hop!)!;
      if (fault.kind !== "tcp.refuse") throw new Error(`${fault.kind} is not offered in tests`);
      door.close();
      on.set(id, door);
      hits[id] = 1;
      return Promise.resolve();
    },
    lift,
    counters: () =>
      Promise.resolve([...doors].map(([hop, { connections }]) => ({
        hop,
        layer: "tcp" as const,
        connections,
        requests: null,
        bytes_up: 0,
        bytes_down: 0,
        hits: { ...hits },
      }))),
    diff: () => Promise.resolve([...on.keys()].map((id) => `${id} is still on`)),
    async rollback(onStep) {
      for (const id of [...on.keys()]) await lift(id);
      onStep("open every door", true);
    },
    [Symbol.asyncDispose]() {
      for (const door of doors.values()) door.close();
      return Promise.resolve();
    },
  };
}

class Door {
  connections = 0;
  readonly port: number;
  readonly #upstream: URL;
  readonly #sockets = new Set<Deno.TcpConn>();
  #listener: Deno.TcpListener | null = null;

  constructor(upstream: string) {
    this.#upstream = new URL(`http://${upstream}`);
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accept(this.#listener);
  }

  open(): void {
    if (this.#listener !== null) return;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#accept(this.#listener);
  }

  close(): void {
    this.#listener?.close();
    this.#listener = null;
    for (const socket of this.#sockets) this.#end(socket);
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    try {
      for await (const client of listener) this.#pass(client);
    } catch {
      // Closed while it waited.
    }
  }

  async #pass(client: Deno.TcpConn): Promise<void> {
    this.connections++;
    this.#sockets.add(client);
    try {
      const { hostname, port } = this.#upstream;
      const server = await Deno.connect({ hostname, port: Number(port) });
      this.#sockets.add(server);
      await Promise.race([
        client.readable.pipeTo(server.writable),
        server.readable.pipeTo(client.writable),
      ]);
      this.#end(server);
    } catch {
      // One side is gone.
    }
    this.#end(client);
  }

  #end(socket: Deno.TcpConn): void {
    this.#sockets.delete(socket);
    try {
      socket.close();
    } catch {
      // Closed already.
    }
  }
}
