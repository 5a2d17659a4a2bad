/** HAProxy with the deployed front door. */
import { type RunningProcess, startProcess } from "../../../tools/processes/mod.ts";
import { freePort, hasProgram, HttpSocket, until } from "../../harness/mod.ts";

export const FRONT_DOOR_CFG = `${import.meta.dirname}/../../../deploy/haproxy/front_door.cfg`;
export const HAS_HAPROXY = hasProgram("haproxy", "-v");

/** A running front door. Clients of {@link connect} have the address they name. */
export class FrontDoor implements AsyncDisposable {
  private constructor(
    private readonly haproxy: RunningProcess,
    readonly port: number,
    readonly stats_port: number,
    private readonly proxied_port: number,
    /** Lines for refused and cut requests. */
    readonly log: string[],
  ) {}

  /** Starts it in front of a server, and waits until its health check has passed. */
  static async start(server_port: number, env: Record<string, string> = {}): Promise<FrontDoor> {
    const [port, stats_port, proxied_port] = [freePort(), freePort(), freePort()];
    const log: string[] = [];
    const haproxy = startProcess(["haproxy", "-W", "-f", FRONT_DOOR_CFG], {
      env: {
        FRONT_DOOR_BIND: `127.0.0.1:${port}`,
        FRONT_DOOR_PROXIED: `127.0.0.1:${proxied_port}`,
        STATS_BIND: `127.0.0.1:${stats_port}`,
        METRICS_SERVER: `127.0.0.1:${server_port}`,
        ...env,
      },
      stdout: async (stream) => {
        const lines = stream.pipeThrough(new TextDecoderStream());
        for await (const text of lines) log.push(...text.trimEnd().split("\n"));
      },
      kill_with_parent: true,
    });
    const door = new FrontDoor(haproxy, port, stats_port, proxied_port, log);
    await until("the front door to serve", async () => {
      using socket = await HttpSocket.connect(proxied_port);
      await socket.send(proxyHeader("192.0.2.1"));
      await socket.sendRequest("/readyz");
      return (await socket.read()).status === 200;
    }, { retry_errors: true });
    return door;
  }

  get pid(): number {
    return this.haproxy.pid;
  }

  /** A new process reads configuration and certificate; resolves once the old one has ended. */
  async reload(): Promise<void> {
    this.haproxy.kill("SIGUSR2");
    await until("the old process to end", () => / exited /.test(this.haproxy.stderr_tail));
  }

  /** Connects as a client with this IPv4 address. */
  async connect(address: string): Promise<HttpSocket> {
    const socket = await HttpSocket.connect(this.proxied_port);
    socket.conn.setNoDelay();
    await socket.send(proxyHeader(address));
    return socket;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.haproxy[Symbol.asyncDispose]();
  }
}

function proxyHeader(address: string): string {
  return `PROXY TCP4 ${address} 127.0.0.1 40000 443\r\n`;
}
