/** Keep-alive connections of the probes. A missing answer does not delay the next probe. */
import { joinBytes } from "../../../platform/mod.ts";
import { PROBE_DEADLINE_MS } from "../../vocabulary/mod.ts";
import { buildRequest, HttpConnection, monotonicNow, tcpDial } from "../../../tools/http/mod.ts";

/** Most probes that wait at once: ten a second, each for up to its two timeouts. */
const PROBES_WAITING_MAX = 24;

const PROBE_BODY_BYTES_MAX = 64 * 1024 * 1024;

/** Time between two checks of the timeouts, in milliseconds. */
const SWEEP_MS = 50;

export interface ProbeAnswer {
  /** 0 without an answer. */
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly latency_ms: number;
  /** Time of the answer, by `monotonicNow`. */
  readonly ended_ms: number;
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

/** Connections to one host: a probe uses a free connection, or a new one. */
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

  /** Reports network errors in the answer; null if too many probes are waiting. */
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
    const ended_ms = monotonicNow();
    const times = { latency_ms: ended_ms - started_ms, ended_ms };
    if (error !== null) {
      return { status: 0, headers: [], body: new Uint8Array(), ...times, error };
    }
    const body = joinBytes(line.pieces);
    const status = line.connection.parser.status;
    return { status, headers: headersOf(line.head), body, ...times, error: null };
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

  /** Retries once if the server has closed an idle connection (RFC 9110 §9.2.2). */
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

export interface Repetition {
  stop(): Promise<void>;
}

/** Repeats `work`, one turn at a time; stopping waits for the last turn and frees `resource`. */
export function repeat(
  every_ms: number,
  resource: Disposable,
  work: () => Promise<void>,
): Repetition {
  let working: Promise<void> | null = null;
  const timer = setInterval(() => {
    working ??= work().finally(() => working = null);
  }, every_ms);
  return {
    async stop() {
      clearInterval(timer);
      await working;
      resource[Symbol.dispose]();
    },
  };
}
