/** Keep-alive connections of the probes, so that no answer that stays away holds the next question up. */
import { joinBytes } from "../../../platform/mod.ts";
import { buildRequest, HttpConnection, monotonicNow, tcpDial } from "../../../tools/http/mod.ts";

/** Longest a probe waits for its connection, and again for its answer, in milliseconds. */
export const PROBE_DEADLINE_MS = 1000;

/** Probes that may wait at once: ten a second for as long as one may take, and some. */
export const PROBES_WAITING_MAX = 24;

/** Largest answer a probe reads, in bytes. */
export const PROBE_BODY_BYTES_MAX = 64 * 1024 * 1024;

/** How often waiting probes are checked against their deadline, in milliseconds. */
const SWEEP_MS = 50;

/** What came back. */
export interface ProbeAnswer {
  /** 0 where nothing came. */
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly latency_ms: number;
  /** Kind of failure, or null. */
  readonly error: string | null;
}

interface Line {
  readonly connection: HttpConnection;
  head: string;
  pieces: Uint8Array[];
  busy: boolean;
  /** Whether it has carried an answer since it was opened. */
  used: boolean;
}

/** Connections to one host: a probe takes one that is free, or a new one. */
export class ProbeConnections implements Disposable {
  readonly #host: string;
  readonly #lines: Line[] = [];
  readonly #sweep: ReturnType<typeof setInterval>;

  /** @param host `127.0.0.1:8080` */
  constructor(host: string) {
    this.#host = host;
    this.#sweep = setInterval(() => {
      const now_ms = monotonicNow();
      for (const { connection } of this.#lines) connection.expire(now_ms);
    }, SWEEP_MS);
  }

  /** Never throws for what the network does; null where too many are waiting already. */
  async get(
    path: string,
    headers: readonly (readonly [string, string])[] = [],
  ): Promise<ProbeAnswer | null> {
    const line = this.#free();
    if (line === null) return null;
    line.busy = true;
    const started_ms = monotonicNow();
    const error = await this.#exchange(line, path, headers);
    line.busy = false;
    const latency_ms = monotonicNow() - started_ms;
    if (error !== null) {
      return { status: 0, headers: [], body: new Uint8Array(), latency_ms, error };
    }
    const body = joinBytes(line.pieces);
    const status = line.connection.parser.status;
    return { status, headers: headersOf(line.head), body, latency_ms, error: null };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweep);
    for (const { connection } of this.#lines) connection.close();
  }

  #free(): Line | null {
    const free = this.#lines.find(({ busy }) => !busy);
    if (free !== undefined) return free;
    if (this.#lines.length >= PROBES_WAITING_MAX) return null;
    const { hostname, port } = new URL(`http://${this.#host}`);
    const line: Line = {
      connection: new HttpConnection({
        dial: tcpDial(hostname, Number(port || 80)),
        now: monotonicNow,
        connect_timeout_ms: PROBE_DEADLINE_MS,
        response_timeout_ms: PROBE_DEADLINE_MS,
        body_bytes_max: PROBE_BODY_BYTES_MAX,
        sink: {
          onHead: (bytes) => line.head = String.fromCharCode(...bytes),
          onBody: (bytes) => line.pieces.push(bytes.slice()),
        },
      }),
      head: "",
      pieces: [],
      busy: false,
      used: false,
    };
    this.#lines.push(line);
    return line;
  }

  /**
   * A connection kept from before may have been closed meanwhile, which shows only when it is used:
   * like any HTTP client, the probe then asks once more on a new one (RFC 9110 §9.2.2).
   */
  async #exchange(
    line: Line,
    path: string,
    headers: readonly (readonly [string, string])[],
  ): Promise<string | null> {
    const target = buildRequest({ host: this.#host, path, headers });
    for (;;) {
      const { connection } = line;
      if (!connection.is_open) {
        line.used = false;
        const refused = await connection.open();
        if (refused !== null) return refused;
      }
      line.head = "";
      line.pieces = [];
      const error = await connection.exchange(target);
      const was_stale = line.used && line.head === "" &&
        (error === "reset" || error === "closed_early");
      line.used = error === null;
      if (!was_stale) return error;
    }
  }
}

function headersOf(head: string): [string, string][] {
  return head.split("\r\n").slice(1, -2).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
}
