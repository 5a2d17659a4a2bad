/** A VU with a thread of its own, as the main thread sees it. */
import { createMailboxMemory, Mailbox, packExchanges } from "../blocking_vus/mailbox.ts";
import {
  type FromThread,
  LOAD_TIMEOUT_MS,
  type Question,
  type SampleBatch,
  type ToThread,
} from "../blocking_vus/messages.ts";
import { SampleUnpacker } from "../blocking_vus/sample_batcher.ts";
import { type Exchange, type ExchangeRequest, failedExchange } from "../http/exchange.ts";
import { type ConnectionSettings, VuConnections } from "../http/vu_connections.ts";
import { Interrupted, ScriptError, TestAborted } from "../script/errors.ts";
import type { IterationPlace, Phase } from "../script/vu.ts";
import type { LoadedTest } from "./loading.ts";
import type { PooledVu } from "./pooled_vu.ts";

export class ThreadVu implements PooledVu {
  /** Rejects with a {@link ScriptError} if the script does not load on the thread. */
  readonly loaded: Promise<void>;
  readonly #worker: Worker;
  readonly #mailbox: Mailbox;
  readonly #connections: VuConnections;
  readonly #unpacker: SampleUnpacker;
  readonly #loading = Promise.withResolvers<void>();
  /** Numbers the orders to the thread; replies to earlier orders are ignored. */
  #run = 0;
  #onIterated: ((is_complete: boolean) => void) | null = null;
  #called: PromiseWithResolvers<unknown> | null = null;

  constructor(
    readonly id: number,
    private readonly test: LoadedTest,
    settings: ConnectionSettings,
    epoch_origin_ms: number,
  ) {
    const { world, graph, options, env } = test;
    const mailbox = createMailboxMemory();
    this.#mailbox = new Mailbox(mailbox, () => world.now());
    this.#connections = new VuConnections(settings, () => world.now());
    this.#unpacker = new SampleUnpacker((name, kind, is_time) =>
      world.registry.find(name) ?? world.registry.define(name, kind, is_time)
    );
    this.loaded = this.#loading.promise;
    const timer = setTimeout(() => {
      this.#loading.reject(new ScriptError(`VU ${id}: loading took over ${LOAD_TIMEOUT_MS} ms`));
    }, LOAD_TIMEOUT_MS);
    this.loaded.then(() => clearTimeout(timer), () => clearTimeout(timer));
    this.#worker = new Worker(new URL("../blocking_vus/vu_worker.ts", import.meta.url), {
      type: "module",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#loading.reject(new ScriptError(event.message));
      world.host.refuse(event.message); // the thread is gone
    };
    this.#post({ kind: "start", id, graph, options, env, mailbox, epoch_origin_ms });
  }

  setData(json: string | undefined): void {
    this.#post({ kind: "data", json });
  }

  enter<T>(call: () => T): T {
    return call();
  }

  runIteration({ scenario, in_scenario }: IterationPlace): Promise<boolean> {
    this.#post({ kind: "iterate", run: ++this.#run, scenario: scenario.name, in_scenario });
    return new Promise((resolve) => this.#onIterated = resolve);
  }

  call(name: string, phase: Phase, argument: unknown): Promise<unknown> {
    this.#called = Promise.withResolvers();
    this.#post({ kind: "call", run: ++this.#run, name, phase, argument });
    return this.#called.promise;
  }

  interrupt(): void {
    this.#connections.interrupt();
    this.#mailbox.cut(this.#run);
    this.#post({ kind: "interrupt" });
    this.#onIterated?.(false);
    this.#onIterated = null;
    this.#called?.reject(new Interrupted("cut off"));
    this.#called = null;
  }

  expire(now_ms: number): void {
    this.#connections.expire(now_ms);
  }

  close(): void {
    this.#connections.close();
    // terminate() alone does not end a thread that sleeps in Atomics.wait.
    this.#mailbox.cut(this.#run);
    this.#worker.terminate();
  }

  #post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromThread): void {
    const { world } = this.test;
    switch (message.kind) {
      case "loaded":
        return this.#loading.resolve();
      case "not_loaded":
        return this.#loading.reject(new ScriptError(message.message));
      case "iterated":
        if (message.batch !== null) this.#takeSamples(message.batch);
        return this.#iterated(message.run, message.is_complete);
      case "called":
        if (message.run === this.#run) this.#called?.resolve(message.value);
        return;
      case "call_failed":
        if (message.run === this.#run) {
          const Failure = message.is_abort ? TestAborted : ScriptError;
          this.#called?.reject(new Failure(message.message));
        }
        return;
      case "exchange":
        return this.#exchange(message.id, message.request);
      case "exchange_blocking":
        return void this.#exchangeBlocking(message.call, message.requests);
      case "ask":
        return void this.#mailbox.put(message.call, this.#figuresFor(message.question));
      case "samples":
        return this.#takeSamples(message.batch);
      case "log":
        return world.host.log(message.level, message.message, message.is_printed);
      case "abort":
        return world.host.abort(message.message);
      case "fail":
        return world.host.fail(message.message);
      case "refuse":
        return world.host.refuse(message.message);
      case "thrown":
        return world.countThrown();
      case "unsent":
        return world.countUnsent();
    }
  }

  #iterated(run: number, is_complete: boolean): void {
    if (run !== this.#run) return;
    const resolve = this.#onIterated;
    this.#onIterated = null;
    this.test.world.now(); // updates the clock that the executors read
    resolve?.(is_complete);
  }

  #exchange(id: number, request: ExchangeRequest): void {
    this.#connections.exchange(request, (exchange) => {
      const bytes = exchange.bytes.slice(0, exchange.body_end);
      this.#post({ kind: "exchanged", id, exchange: { ...exchange, bytes } });
    });
  }

  async #exchangeBlocking(call: number, requests: readonly ExchangeRequest[]): Promise<void> {
    const exchanges = await Promise.all(
      requests.map((request) =>
        new Promise<Exchange>((resolve) => this.#connections.exchange(request, resolve))
      ),
    );
    const { heads, bytes } = packExchanges(exchanges);
    if (this.#mailbox.put(call, heads, bytes)) return;
    const refused = packExchanges(requests.map(() => failedExchange("body_too_large")));
    this.#mailbox.put(call, refused.heads, refused.bytes);
  }

  #figuresFor(question: Question) {
    const { world } = this.test;
    return question.about === "instance"
      ? world.host.instance()
      : world.host.scenario(question.name);
  }

  #takeSamples(batch: SampleBatch): void {
    const { world } = this.test;
    this.#unpacker.unpack(
      batch,
      (metric, value, tags, time_ms) => world.add(metric, value, tags, time_ms),
    );
    for (const [path, name, passes, fails] of batch.checks) {
      const count = world.groups.check(world.groups.at(path), name);
      count.passes += passes;
      count.fails += fails;
    }
  }
}
