import { assert, assertEquals } from "@std/assert";
import type { FromPollWorker, ToPollWorker } from "./messages.ts";
import type { SourceUpdate } from "./store.ts";
import { cellToken, type SnapshotData } from "./snapshot/mod.ts";
import { cellEnd, cellStart } from "./parse/mod.ts";

const WAIT_MS_MAX = 10_000;
const POLL_MS = 10;
const MARK = 77;

/** The real worker polling a source of this process, whose body the test sets; one or more times. */
class PolledSource implements AsyncDisposable {
  csv = "";
  readonly #source: Deno.HttpServer<Deno.NetAddr>;
  readonly #worker = new Worker(new URL("./poll_worker.ts", import.meta.url), { type: "module" });
  readonly #heard: FromPollWorker[] = [];
  #onMessage = () => {};

  constructor(csv: string, serving_threads: number, times = 1) {
    this.csv = csv;
    this.#source = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response(this.csv),
    );
    this.#worker.onmessage = ({ data }: MessageEvent<FromPollWorker>) => {
      this.#heard.push(data);
      this.#onMessage();
    };
    const source = {
      url: `http://127.0.0.1:${this.#source.addr.port}/`,
      poll_ms: POLL_MS,
      timeout_ms: 5000,
      backoff_max_ms: 100,
      bytes_max: 50_000_000,
      id_columns: [],
    };
    const sources = Array.from({ length: times }, () => source);
    this.tell({ kind: "start", sources, boot: "boot", serving_threads });
  }

  tell(message: ToPollWorker): void {
    this.#worker.postMessage(message);
  }

  release(hand_over: number): void {
    this.tell({ kind: "released", source: 0, hand_over });
  }

  /** The next message that `pick` makes something of. */
  async next<T>(pick: (message: FromPollWorker) => T | null): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const error = new Error(`the worker did not tell within ${WAIT_MS_MAX} ms`);
    const deadline = setTimeout(() => reject(error), WAIT_MS_MAX);
    try {
      for (;;) {
        while (this.#heard.length > 0) {
          const picked = pick(this.#heard.shift()!);
          if (picked !== null) return picked;
        }
        await Promise.race([this.heardAnything(), late]);
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Resolves at the next message, whatever it is. */
  heardAnything(): Promise<void> {
    return new Promise((resolve) => this.#onMessage = resolve);
  }

  nextSnapshot(): Promise<SourceUpdate & { readonly snapshot: SnapshotData }> {
    return this.next((message) => {
      if (message.kind !== "poll" || message.update.snapshot === null) return null;
      return { ...message.update, snapshot: message.update.snapshot };
    });
  }

  /** The snapshot that comes of another body. */
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

Deno.test("The poll worker hands over a snapshot in shared memory, with short items prepared", async () => {
  await using polled = new PolledSource(sample(1), 1);
  const { snapshot, items } = await polled.nextSnapshot();
  assertEquals([snapshot.id, valueOf(snapshot)], ["boot-1", "1"]);
  assert(snapshot.table.bytes.buffer instanceof SharedArrayBuffer);
  assertEquals(new TextDecoder().decode(items!.slice()), '{"switch_id":"sw-0","m":1}');
});

Deno.test("The poll worker tells which rows an earlier source has, once a topology and with the snapshot", async () => {
  await using polled = new PolledSource(sample(1), 1, 2);
  const first = await polled.nextSnapshot();
  const second = await polled.nextSnapshot();
  const told = [first, second].map(({ repeated }) => repeated?.rows);
  assertEquals(told, [[null], [null, new Uint8Array([1])]]);
  const serials = [first, second].sort((a, b) => a.source - b.source)
    .map(({ snapshot }) => snapshot.topology.serial);
  assertEquals(second.repeated!.key, serials.join());
  const changed = [await polled.change(sample(2)), await polled.nextSnapshot()];
  assertEquals(changed.map(({ repeated }) => repeated), [undefined, undefined]);
});

Deno.test("A snapshot's memory takes a later one only after every serving thread let go of it", async () => {
  await using polled = new PolledSource(sample(0), 2);
  const first = await polled.nextSnapshot();
  const snapshots = [first.snapshot];
  polled.release(first.hand_over);
  for (let value = 1; value <= 6; value++) {
    snapshots.push((await polled.change(sample(value))).snapshot);
  }
  // One of two threads let go of the first one, none of the others: each keeps its bytes.
  assertEquals(snapshots.map(valueOf), ["0", "1", "2", "3", "4", "5", "6"]);
});

Deno.test("The memory of snapshots that are let go of is used again", async () => {
  await using polled = new PolledSource(sample(0), 2);
  let fresh = 0;
  let { hand_over } = await polled.nextSnapshot();
  for (let value = 1; value <= 20; value++) {
    const newer = await polled.change(sample(value));
    polled.release(hand_over);
    polled.release(hand_over);
    // Each message makes a new object of the same memory: a mark in its unused end tells them apart.
    const { bytes } = newer.snapshot.table;
    if (bytes[bytes.length - 1] !== MARK) fresh++;
    bytes[bytes.length - 1] = MARK;
    hand_over = newer.hand_over;
  }
  assert(fresh <= 4, `20 snapshots took ${fresh} buffers`);
});

Deno.test("Long items are prepared when they are wanted, and for the next snapshots with them", async () => {
  const rows = (n: number) =>
    "switch_id,m\n" + Array.from({ length: 60_000 }, (_, i) => `sw-${i},${n}\n`).join("");
  await using polled = new PolledSource(rows(1), 1);
  const { hand_over, items } = await polled.nextSnapshot();
  assertEquals(items, null);
  polled.tell({ kind: "want_items", source: 0 });
  const wanted = await polled.next((message) => message.kind === "items" ? message.update : null);
  assertEquals(wanted.hand_over, hand_over);
  const list = JSON.parse(`[${new TextDecoder().decode(wanted.items.slice())}]`);
  assertEquals([list.length, list[59_999]], [60_000, { switch_id: "sw-59999", m: 1 }]);
  assert((await polled.change(rows(2))).items !== null);
});

Deno.test("Told to stop, the poll worker polls no more and still prepares what is wanted", async () => {
  const rows = "switch_id,m\n" + Array.from({ length: 60_000 }, (_, i) => `s${i},1\n`).join("");
  await using polled = new PolledSource(rows, 1);
  await polled.nextSnapshot();
  polled.tell({ kind: "stop" });
  polled.tell({ kind: "want_items", source: 0 });
  // Everything is told in order: polls that ended before the stop come before the items.
  await polled.next((message) => message.kind === "items" ? true : null);
  polled.csv = sample(2);
  polled.tell({ kind: "want_items", source: 0 });
  const { promise: silence, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, 20 * POLL_MS, "silence");
  assertEquals(await Promise.race([polled.heardAnything(), silence]), "silence");
  clearTimeout(timer);
});
