/** The one place where the client touches the network. */

/** What the client needs of a connection; `Deno.TcpConn` is one. */
export interface Socket {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** Opens a connection. */
export type Dial = () => Promise<Socket>;

/** Dials one TCP address with Nagle's delay off. */
export function tcpDial(hostname: string, port: number): Dial {
  return async () => {
    const socket = await Deno.connect({ hostname, port });
    socket.setNoDelay(true);
    return socket;
  };
}

/** Milliseconds of a clock that never goes back, to a fraction of a microsecond. */
export function monotonicNow(): number {
  return performance.now();
}
