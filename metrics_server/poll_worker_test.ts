import { NO_ACCESS } from "./poll/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { constants, inflateRawSync } from "node:zlib";
import type { FromPollWorker, ToPollWorker } from "./messages.ts";
import type { SourceUpdate } from "./store.ts";
import {
  AUTO_TIMES,
  cellToken,
  type DeflatedItems,
  OLDER_BYTES_MAX,
  type SnapshotData,
} from "./snapshot/mod.ts";
import { cellEnd, cellStart } from "./parse/mod.ts";

const WAIT_MS_MAX = 10_000;
const POLL_MS = 10;
const MARK = 77;

/** The real worker, polling a source of this process (or the same one several times). */
class PolledSource implements AsyncDisposable {
  csv = "";
  readonly #source: Deno.HttpServer<Deno.NetAddr>;
  readonly #worker = new Worker(new URL("./poll_worker.ts", import.meta.url), { type: "module" });
  readonly #received: FromPollWorker[] = [];
  #onMessage = () => {};

  constructor(csv: string, serving_threads: number, times = 1) {
    this.csv = csv;
    this.#source = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response(this.csv),
    );
    this.#worker.onmessage = ({ data }: MessageEvent<FromPollWorker>) => {
      this.#received.push(data);
      this.#onMessage();
    };
    const source = {
      url: `http://127.0.0.1:${this.#source.addr.port}/`,
      poll_ms: POLL_MS,
      timeout_ms: 5000,
      backoff_max_ms: 100,
      bytes_max: 50_000_000,
      id_columns: [],
      row_times: AUTO_TIMES,
    };
    const sources = Array.from({ length: times }, () => source);
    const store = { setting: "", save_ms: 1000, lease_ms: 3000 };
    const older_bytes_max = OLDER_BYTES_MAX;
    this.send({
      kind: "start",
      sources,
      boot: "boot",
      serving_threads,
      older_bytes_max,
      store,
      access: NO_ACCESS,
      held: [],
    });
  }

  send(message: ToPollWorker): void {
    this.#worker.postMessage(message);
  }

  release(hand_over: number): void {
    this.send({ kind: "released", source: 0, hand_over });
  }

  /** The next result of `pick` that is not null. */
  async next<T>(pick: (message: FromPollWorker) => T | null): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const error = new Error(`no message of the worker within ${WAIT_MS_MAX} ms`);
    const deadline = setTimeout(() => reject(error), WAIT_MS_MAX);
    try {
      for (;;) {
        while (this.#received.length > 0) {
          const picked = pick(this.#received.shift()!);
          if (picked !== null) return picked;
        }
        await Promise.race([this.nextMessage(), late]);
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Resolves at the next message of any kind. */
  nextMessage(): Promise<void> {
    return new Promise((resolve) => this.#onMessage = resolve);
  }

  nextSnapshot(): Promise<SourceUpdate & { readonly snapshot: SnapshotData }> {
    return this.next((message) => {
      if (message.kind !== "poll" || message.update.snapshot === null) return null;
      return { ...message.update, snapshot: message.update.snapshot };
    });
  }

  /** Changes the body; returns its snapshot. */
  change(csv: string) {
    this.csv = csv;
    return this.nextSnapshot();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.terminate();
    await this.#source.shutdown();
  }
}

const sample = (value: number) => `switch_id,m\nsw-0,${value}\n`;

function valueOf({ table }: SnapshotData): string {
  return cellToken(table.bytes, cellStart(table, 0, 1), cellEnd(table, 0, 1));
}

Deno.test("The poll worker hands over a snapshot in shared memory, with short items", async () => {
  await using polled = new PolledSource(sample(1), 1);
  const { snapshot, items } = await polled.nextSnapshot();
  assertEquals([snapshot.id, valueOf(snapshot)], ["boot-1", "1"]);
  assert(snapshot.table.bytes.buffer instanceof SharedArrayBuffer);
  assertEquals(new TextDecoder().decode(items!.slice()), '{"switch_id":"sw-0","m":1}');
});

Deno.test("The poll worker reports repeated rows once per topology, with the snapshot", async () => {
  await using polled = new PolledSource(sample(1), 1, 2);
  const first = await polled.nextSnapshot();
  const second = await polled.nextSnapshot();
  const rows = [first, second].map(({ repeated }) => repeated?.rows);
  assertEquals(rows, [[null], [null, new Uint8Array([1])]]);
  const serials = [first, second].sort((a, b) => a.source - b.source)
    .map(({ snapshot }) => snapshot.topology.serial);
  assertEquals(second.repeated!.key, serials.join());
  const changed = [await polled.change(sample(2)), await polled.nextSnapshot()];
  assertEquals(changed.map(({ repeated }) => repeated), [undefined, undefined]);
});

Deno.test("A snapshot's memory is reused only after every serving thread has released it", async () => {
  await using polled = new PolledSource(sample(0), 2);
  const first = await polled.nextSnapshot();
  const snapshots = [first.snapshot];
  polled.release(first.hand_over);
  for (let value = 1; value <= 6; value++) {
    snapshots.push((await polled.change(sample(value))).snapshot);
  }
  // One of two threads released the first snapshot only: all keep their bytes.
  assertEquals(snapshots.map(valueOf), ["0", "1", "2", "3", "4", "5", "6"]);
});

Deno.test("The memory of released snapshots is reused", async () => {
  await using polled = new PolledSource(sample(0), 2);
  let fresh = 0;
  let { hand_over } = await polled.nextSnapshot();
  for (let value = 1; value <= 20; value++) {
    const newer = await polled.change(sample(value));
    polled.release(hand_over);
    polled.release(hand_over);
    // Each message creates a new object for the same memory: a mark in its spare end identifies it.
    const { bytes } = newer.snapshot.table;
    if (bytes[bytes.length - 1] !== MARK) fresh++;
    bytes[bytes.length - 1] = MARK;
    hand_over = newer.hand_over;
  }
  assert(fresh <= 4, `20 snapshots took ${fresh} buffers`);
});

Deno.test("Long items are rendered on request, and with the next snapshots", async () => {
  const rows = (n: number) =>
    "switch_id,m\n" + Array.from({ length: 60_000 }, (_, i) => `sw-${i},${n}\n`).join("");
  await using polled = new PolledSource(rows(1), 1);
  const { hand_over, items } = await polled.nextSnapshot();
  assertEquals(items, null);
  polled.send({ kind: "request_items", source: 0, gzip: false });
  const wanted = await polled.next((message) => message.kind === "items" ? message.update : null);
  assertEquals(wanted.hand_over, hand_over);
  const list = JSON.parse(`[${new TextDecoder().decode(wanted.items!.slice())}]`);
  assertEquals([list.length, list[59_999]], [60_000, { switch_id: "sw-59999", m: 1 }]);
  assert((await polled.change(rows(2))).items !== null);
});

Deno.test("Long items are compressed on request, and with the next snapshots", async () => {
  const rows = (n: number) =>
    "switch_id,m\n" + Array.from({ length: 60_000 }, (_, i) => `sw-${i},${n}\n`).join("");
  await using polled = new PolledSource(rows(1), 1);
  await polled.nextSnapshot();
  const compressed = () =>
    polled.next((message) => message.kind === "items" ? message.update.deflated ?? null : null);
  const textOf = ({ bytes }: DeflatedItems) =>
    inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  polled.send({ kind: "request_items", source: 0, gzip: true });
  assertStringIncludes(textOf(await compressed()), '{"switch_id":"sw-59999","m":1}');
  await polled.change(rows(2));
  assertStringIncludes(textOf(await compressed()), '{"switch_id":"sw-59999","m":2}');
});

Deno.test("After stop, the poll worker polls no more but still renders requested items", async () => {
  const rows = "switch_id,m\n" + Array.from({ length: 60_000 }, (_, i) => `s${i},1\n`).join("");
  await using polled = new PolledSource(rows, 1);
  await polled.nextSnapshot();
  polled.send({ kind: "stop" });
  polled.send({ kind: "request_items", source: 0, gzip: false });
  // Messages are in order: polls that ended before the stop come before the items.
  await polled.next((message) => message.kind === "items" ? true : null);
  polled.csv = sample(2);
  polled.send({ kind: "request_items", source: 0, gzip: false });
  const { promise: silence, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, 20 * POLL_MS, "silence");
  assertEquals(await Promise.race([polled.nextMessage(), silence]), "silence");
  clearTimeout(timer);
});
