/** A listening socket of a proxy. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Address, formatAddress } from "./address.ts";

export interface Listener {
  /** Where it really listens: port 0 and names are resolved. */
  readonly address: string;
  /** Stops listening; connections live on. */
  close(): void;
}

/** Listens; the promise fails with the system's reason where the address cannot be had. */
export async function listen(
  address: Address,
  onSocket: (socket: Socket) => void,
): Promise<Listener> {
  if (address.host !== "") return await listenOn(address, onSocket);
  try {
    return await listenOn({ ...address, host: "::" }, onSocket);
  } catch (error) {
    // A system without IPv6.
    if (!/EAFNOSUPPORT|EADDRNOTAVAIL/.test((error as Error).message)) throw error;
    return await listenOn({ ...address, host: "0.0.0.0" }, onSocket);
  }
}

function listenOn(address: Address, onSocket: (socket: Socket) => void): Promise<Listener> {
  // node:net, since no other socket of Deno can send RST.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket);
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(address, error)));
    server.listen({ host: address.host, port: address.port }, () => {
      server.on("error", () => {}); // a connection that is gone before it is accepted
      resolve({ address: addressOf(server), close: () => server.close() });
    });
  });
}

function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return formatAddress({ host: address, port });
}

function listenError(address: Address, error: NodeJS.ErrnoException): Error {
  const reason = error.code === "EADDRINUSE" ? "bind: address already in use" : error.message;
  return new Error(`listen tcp ${formatAddress(address)}: ${reason}`);
}
