/** A thread with one VU that may block; the main thread carries its requests. */
import { AsyncResource } from "node:async_hooks";
import type { Exchange, ExchangeRequest } from "../http/exchange.ts";
import type { Metric, Tags } from "../metrics/metric.ts";
import type { RunOptions } from "../options/run_options.ts";
import { defineGlobals } from "../k6/globals.ts";
import { describeError, isOfScript, TestAborted } from "../script/errors.ts";
import type { GroupNode } from "../script/group_tree.ts";
import { Instantiator } from "../script/instantiate.ts";
import { RunningVu } from "../script/running_vu.ts";
import { ScriptFiles } from "../script/script_files.ts";
import { readScriptFile } from "../script_paths.ts";
import { type BlockingTransport, Vu } from "../script/vu.ts";
import {
  type InstanceFigures,
  type RunHost,
  type ScenarioFigures,
  VuWorld,
} from "../script/vu_world.ts";
import { type ExchangeHead, Mailbox } from "./mailbox.ts";
import type { FromThread, Question, Reply, ThreadStart, ToThread } from "./messages.ts";
import { SampleBatcher } from "./sample_batcher.ts";

declare const self: {
  onmessage: ((event: MessageEvent<ToThread>) => void) | null;
  postMessage(message: FromThread): void;
};

type MessageOf<K extends ToThread["kind"]> = Extract<ToThread, { kind: K }>;

const post = (message: FromThread) => self.postMessage(message);

/** The run as a VU on its own thread sees it. */
class ThreadWorld extends VuWorld {
  readonly batcher = new SampleBatcher((batch) => post({ kind: "samples", batch }));

  constructor(host: RunHost, files: ScriptFiles, options: RunOptions) {
    super(host, files);
    this.setOptions(options);
  }

  add(metric: Metric, value: number, tags: Tags, time_ms: number): void {
    this.batcher.add(metric, value, tags, time_ms);
  }

  countCheck(group: GroupNode, name: string, passed: boolean): void {
    this.groups.check(group, name); // throws if the name is invalid
    this.batcher.countCheck(group.path, name, passed);
  }

  countThrown(): void {
    post({ kind: "thrown" });
  }

  countUnsent(): void {
    post({ kind: "unsent" });
  }
}

class VuThread {
  readonly #mailbox: Mailbox;
  readonly #world: ThreadWorld;
  readonly #instantiator: Instantiator;
  readonly #running: RunningVu;
  /** Exchanges the script awaits, by number. */
  readonly #awaited = new Map<number, (exchange: Exchange) => void>();
  #calls = 0;
  /** The latest iteration or call. */
  #run = 0;

  constructor(private readonly start: ThreadStart) {
    this.#mailbox = new Mailbox(start.mailbox, () => performance.now());
    this.#instantiator = new Instantiator(
      start.graph,
      (url) => new TextDecoder().decode(readScriptFile(url)),
    );
    const files = new ScriptFiles(readScriptFile, this.#instantiator, start.graph.entry);
    this.#world = new ThreadWorld(this.#host(start.epoch_origin_ms), files, start.options);
    const transport = {
      exchange: (request: ExchangeRequest, onEnd: (exchange: Exchange) => void) =>
        this.#exchange(request, onEnd),
      blocking: this.#blocking(),
    };
    const vu = new Vu(start.id, this.#world, transport, start.env);
    const connections = {
      interrupt: () => this.#awaited.clear(),
      closeIdle() {},
      expire() {},
      close() {},
    };
    this.#running = new RunningVu(vu, connections, (text) => this.#instantiator.localize(text));
    globalThis.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      this.#world.log("error", this.#describe(event.reason));
    });
    globalThis.addEventListener("error", (event) => {
      if (!isOfScript(event.error)) return;
      event.preventDefault();
      this.#world.log("error", this.#describe(event.error));
    });
  }

  #host(epoch_origin_ms: number): RunHost {
    const offset_ms = performance.timeOrigin - epoch_origin_ms;
    return {
      now: () => performance.now() + offset_ms,
      epoch_origin_ms,
      random: () => Math.random(),
      log: (level, message, is_printed = false) =>
        post({ kind: "log", level, message, is_printed }),
      abort: (message) => post({ kind: "abort", message }),
      fail: (message) => post({ kind: "fail", message }),
      refuse: (message) => post({ kind: "refuse", message }),
      instance: () => this.#ask({ about: "instance" }) as InstanceFigures,
      scenario: (name) => this.#ask({ about: "scenario", name }) as ScenarioFigures,
    };
  }

  async load(): Promise<void> {
    try {
      await this.#running.load(this.#instantiator);
      post({ kind: "loaded" });
    } catch (error) {
      post({ kind: "not_loaded", message: this.#describe(error) });
    }
  }

  async take(message: ToThread): Promise<void> {
    switch (message.kind) {
      case "data":
        return this.#running.setData(message.json);
      case "iterate":
        return await this.#iterate(message);
      case "call":
        return await this.#call(message);
      case "exchanged":
        this.#awaited.get(message.id)?.(message.exchange);
        this.#awaited.delete(message.id);
        return;
      case "interrupt":
        return this.#running.interrupt();
    }
  }

  async #iterate({ run, in_scenario, ...message }: MessageOf<"iterate">): Promise<void> {
    this.#run = run;
    const { scenarios } = this.start.options;
    const scenario = scenarios.find(({ name }) => name === message.scenario)!;
    const is_complete = await this.#running.runIteration({ scenario, in_scenario });
    post({ kind: "iterated", run, is_complete, batch: this.#world.batcher.take() });
  }

  async #call({ run, name, phase, argument }: MessageOf<"call">): Promise<void> {
    this.#run = run;
    try {
      const value = await this.#running.call(name, phase, argument);
      this.#world.batcher.flush();
      post({ kind: "called", run, value }); // throws if the value cannot be sent
    } catch (error) {
      const is_abort = error instanceof TestAborted;
      this.#world.batcher.flush();
      post({ kind: "call_failed", run, message: this.#describe(error), is_abort });
    }
  }

  #exchange(request: ExchangeRequest, onEnd: (exchange: Exchange) => void): void {
    const id = ++this.#calls;
    // The message with the response arrives outside any VU.
    this.#awaited.set(id, AsyncResource.bind(onEnd));
    post({ kind: "exchange", id, request: bare(request) });
  }

  #blocking(): BlockingTransport {
    const isCut = () => this.#mailbox.isCut(this.#run);
    return {
      exchangeAll: (requests) => {
        if (this.#world.batcher.is_half_full) this.#world.batcher.flush();
        const call = ++this.#calls;
        post({ kind: "exchange_blocking", call, requests: requests.map(bare) });
        const { value, bytes } = this.#mailbox.take(call, this.#run);
        return (value as ExchangeHead[]).map((head) => ({ ...head, bytes }));
      },
      sleep: (duration_ms) => {
        this.#world.batcher.flush();
        this.#mailbox.sleep(duration_ms, this.#run);
      },
      get is_cut() {
        return isCut();
      },
    };
  }

  #ask(question: Question): Reply {
    const call = ++this.#calls;
    post({ kind: "ask", call, question });
    return this.#mailbox.take(call, this.#run).value as Reply;
  }

  #describe(error: unknown): string {
    return describeError(error, (text) => this.#instantiator.localize(text));
  }
}

/** The part of a prepared request that another thread needs. */
function bare(request: ExchangeRequest): ExchangeRequest {
  const { endpoint, bytes, is_head, keep_body, is_repeatable, timeout_ms } = request;
  return { endpoint, bytes, is_head, keep_body, is_repeatable, timeout_ms };
}

let thread: VuThread | null = null;

self.onmessage = ({ data }) => {
  if (data.kind === "start") {
    defineGlobals();
    thread = new VuThread(data);
    void thread.load();
  } else void thread!.take(data);
};
