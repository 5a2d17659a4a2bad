/**
 * The network between replicas and source, under the current faults: `fetch` in virtual time.
 *
 *     request ──> refused? ──delay──> source ──delay──> head ──> body in chunks, perhaps cut
 */
import type { Send } from "../../poll/mod.ts";
import { bytesOf } from "../bodies.ts";
import type { Random } from "../random.ts";
import type { Active } from "./active.ts";
import { HopFaults } from "./hop_faults.ts";
import type { Observer } from "./observer.ts";
import type { Scope } from "./scope.ts";
import type { Sample, SimulatedSource, SourceAnswer } from "./source.ts";
import type { SimulatedSettings } from "./timeline.ts";

/** Shortest and longest time of an answer that no fault delays, in milliseconds. */
const ROUND_TRIP_MS_MIN = 1, ROUND_TRIP_MS_MAX = 4;

/** Bytes of an answer's head, which tcp.limit_data counts. */
const HEAD_BYTES = 200;

const ENDLESS_CHUNK = bytesOf("sw-000,1.05,1.15,1\n".repeat(400));
const ENDLESS_MS = 5;

/** Time of one chunk of a slow body. */
const CHUNK_MS = 50;

const HTML = bytesOf("<!doctype html><title>Sign in</title><p>Sign in to this network</p>\n");

interface NetworkOptions {
  readonly active: Active;
  readonly source: SimulatedSource;
  readonly observer: Observer;
  readonly random: Random;
  readonly settings: SimulatedSettings;
}

/** The source's network, for all processes of a run. */
export class Network {
  /** Requests without a whole answer. */
  readonly open = new Set<Exchange>();

  readonly faults: HopFaults;

  constructor(readonly options: NetworkOptions) {
    const { source: { time }, settings: { poll_ms } } = options;
    this.faults = new HopFaults({ ...options, hop: "source", time, poll_ms });
  }

  /** `fetch` of one process. */
  sendOf(scope: Scope, subject: number): Send {
    return (_url, { signal, headers }) =>
      new Promise((resolve, reject) => {
        this.options.observer.polled(scope.name);
        const [, etag = null] = (headers as [string, string][])
          .find(([name]) => name === "if-none-match") ?? [];
        const exchange = new Exchange(this, scope, subject, { resolve, reject });
        this.open.add(exchange);
        signal.addEventListener("abort", () => exchange.end(signal.reason), { once: true });
        exchange.begin(etag);
      });
  }

  /** Why no connection can be opened; null if it can. */
  refusal(subject: number): string | null {
    return this.options.source.is_running ? this.faults.refusal(subject) : "connection refused";
  }

  /** Whether the network hangs for now. */
  hangs(subject: number): boolean {
    return this.faults.hangs(subject) || this.options.active.has("process.freeze data_server");
  }

  /** The process has ended. */
  forget(scope: Scope): void {
    for (const exchange of [...this.open]) if (exchange.scope === scope) exchange.end();
  }

  /** Breaks all open connections, or those that are meant. */
  breakAll(isMeant: (exchange: Exchange) => boolean = () => true): void {
    for (const exchange of [...this.open]) {
      if (isMeant(exchange)) exchange.end(new TypeError("connection reset by peer"));
    }
  }
}

/** One request and its answer. */
class Exchange {
  #body: ReadableByteStreamController | null = null;
  #cancels: (() => void)[] = [];
  #ended = false;

  constructor(
    readonly network: Network,
    readonly scope: Scope,
    readonly subject: number,
    readonly head: { resolve(response: Response): void; reject(error: unknown): void },
  ) {}

  /** Ends it: with an error for the reader, or because the body is complete or cancelled. */
  end(error: unknown = null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.network.open.delete(this);
    for (const cancel of this.#cancels) cancel();
    if (error === null) return;
    if (this.#body === null) this.head.reject(error);
    else this.#body.error(error);
  }

  #later(delay_ms: number, run: () => void): void {
    this.#cancels.push(this.scope.world(delay_ms, () => {
      if (!this.#ended) run();
    }));
  }

  begin(etag: string | null): void {
    const { active, random } = this.network.options;
    const trip_ms = ROUND_TRIP_MS_MIN + random.next() * (ROUND_TRIP_MS_MAX - ROUND_TRIP_MS_MIN);
    const latency_ms = this.network.faults.latencyMs(this.subject);
    const refusal = this.network.refusal(this.subject);
    if (refusal !== null) {
      return this.#later(
        trip_ms,
        () => this.end(new TypeError(`error sending request: ${refusal}`)),
      );
    }
    this.#later(trip_ms / 2, () =>
      this.#whenPassing(() => {
        const { source } = this.network.options;
        if (!source.is_running) return this.end(new TypeError("connection reset by peer"));
        const { sample, response } = this.#disturbed(source.answer(etag));
        const wait_ms = Number(active.of("http.slow_first_byte")?.delay_ms ?? 0);
        this.#later(trip_ms / 2 + latency_ms + wait_ms, () =>
          this.#whenPassing(() => this.#deliver(sample, response)));
      }));
  }

  /** Runs now, or when the network no longer hangs. */
  #whenPassing(run: () => void): void {
    if (!this.network.hangs(this.subject)) return run();
    this.#later(ENDLESS_MS, () => this.#whenPassing(run));
  }

  #disturbed(answer: { sample: Sample; response: SourceAnswer }) {
    const { active, random } = this.network.options;
    const status = active.of("http.status");
    if (status !== undefined && random.chance(Number(status.share ?? 1))) {
      const headers: Record<string, string> = { "content-type": "text/plain" };
      if (Number(status.retry_after_s) > 0) headers["retry-after"] = String(status.retry_after_s);
      if (status.status === 302) headers.location = "http://elsewhere/";
      const body = status.status === 304 ? null : bytesOf("moved or failed ".repeat(128));
      return { ...answer, response: { status: Number(status.status), headers, body } };
    }
    const { response } = answer;
    if (response.status !== 200) return answer;
    const type = { ...response.headers, "content-type": "text/html" };
    if (active.has("http.html")) {
      return { ...answer, response: { ...response, headers: type, body: HTML } };
    }
    return answer;
  }

  #deliver(sample: Sample, { status, headers, body }: SourceAnswer): void {
    const { active, settings, observer } = this.network.options;
    const limit_bytes = this.network.faults.limitBytes(this.subject) - HEAD_BYTES;
    if (limit_bytes <= 0) {
      return this.end(new TypeError("connection closed before message completed"));
    }
    if (body === null) {
      this.end();
      observer.answered(status, sample);
      return this.scope.run(() => this.head.resolve(new Response(null, { status, headers })));
    }
    const oversized = Number(active.of("http.oversized_body")?.bytes ?? 0);
    const length = Math.max(body.length, oversized) +
      Math.max(0, Number(active.of("http.wrong_length")?.delta_bytes ?? 0));
    const is_endless = active.has("http.endless_body");
    const has_length = settings.framing === "length" && !is_endless;
    const framing: Record<string, string> = {};
    if (has_length) framing["content-length"] = String(length);
    else if (settings.framing === "chunked") framing["transfer-encoding"] = "chunked";
    const stream = new ReadableStream({
      type: "bytes",
      start: (controller) => void (this.#body = controller),
      cancel: () => this.end(),
    });
    observer.answered(status, sample);
    this.scope.run(() => {
      this.head.resolve(new Response(stream, { status, headers: { ...headers, ...framing } }));
    });
    if (is_endless) return this.#endless();
    const kept = Number(active.of("http.cut_body")?.share_kept ?? 1);
    const bytes = Math.min(Math.floor(body.length * kept), limit_bytes);
    // A cut is always noticed. Cuts that look like the end of a body are not simulated.
    this.#chunks(
      body.subarray(0, bytes),
      bytes < body.length || has_length && length !== body.length,
    );
  }

  #endless(): void {
    this.#later(ENDLESS_MS, () => {
      this.#enqueue(ENDLESS_CHUNK);
      this.#endless();
    });
  }

  #chunks(rest: Uint8Array, is_cut: boolean): void {
    const { active } = this.network.options;
    const { faults } = this.network;
    const slices = faults.slices(this.subject);
    const dripped = Number(active.of("http.slow_drip")?.bytes_per_s ?? Infinity) / 1000;
    const rate = Math.min(dripped, faults.rate(this.subject));
    const paced = rate === Infinity ? Infinity : Math.max(1, Math.round(rate * CHUNK_MS));
    const step = Math.min(slices.bytes, paced, rest.length || 1);
    if (rest.length <= step && rate === Infinity) return this.#last(rest, is_cut);
    const chunk = rest.subarray(0, step);
    this.#later(
      slices.pause_ms + chunk.length / rate,
      () =>
        this.#whenPassing(() => {
          if (rest.length <= step) return this.#last(rest, is_cut);
          this.#enqueue(chunk);
          this.#chunks(rest.subarray(step), is_cut);
        }),
    );
  }

  #last(chunk: Uint8Array, is_cut: boolean): void {
    this.#enqueue(chunk);
    if (is_cut) {
      const error = new TypeError("connection closed before message completed");
      // Later, because an error drops what was not read.
      return this.#later(0.1, () => this.end(error));
    }
    const controller = this.#body!;
    this.scope.run(() => {
      if (!this.#ended) controller.close();
      // Ends a read in progress.
      controller.byobRequest?.respond(0);
      this.end();
    });
  }

  #enqueue(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const controller = this.#body!;
    this.scope.run(() => {
      if (!this.#ended) controller.enqueue(chunk.slice());
    });
  }
}
