import { assertEquals } from "@std/assert";
import type { FromPollWorker } from "./messages.ts";
import { NO_ACCESS, type SavedSnapshot, type SourceReader } from "./poll/mod.ts";
import { Polling } from "./polling.ts";
import { AUTO_TIMES, OLDER_BYTES_MAX } from "./snapshot/mod.ts";
import { bytesOf } from "./testing/bodies.ts";
import { VirtualTime } from "./testing/virtual_time.ts";

const NOW_MS = 1_700_000_000_000;

const HELD: SavedSnapshot = {
  snapshot_id: "a-7",
  etag: '"a-7"',
  times: {
    requested_ms: NOW_MS,
    answered_ms: NOW_MS,
    snapshot_ts: NaN,
    data_age_ms: NaN,
    cache_age_ms: NaN,
    date_ms: NaN,
  },
  not_after_ms: NOW_MS,
  intervals_ms: [],
  body: bytesOf("switch_id,m\nsw-0,1\n"),
};

/** A worker that starts with this snapshot, and a source that never answers. */
class Worker {
  readonly time = new VirtualTime();
  readonly posted: FromPollWorker[] = [];
  readonly etags: (string | null)[] = [];
  set_back_ms = 0;
  readonly polling: Polling;

  constructor(held: SavedSnapshot | null) {
    const read: SourceReader = ({ etag }) => {
      this.etags.push(etag);
      return new Promise(() => {});
    };
    this.polling = new Polling({
      kind: "start",
      sources: [{
        url: "http://source/",
        poll_ms: 500,
        timeout_ms: 1000,
        backoff_max_ms: 1000,
        bytes_max: 1000,
        id_columns: [],
        row_times: AUTO_TIMES,
      }],
      boot: "b",
      serving_threads: 1,
      older_bytes_max: OLDER_BYTES_MAX,
      access: NO_ACCESS,
      store: { setting: "", save_ms: 1000, lease_ms: 1000 },
      held: [held],
    }, {
      epoch_ms: () => NOW_MS + this.time.now_ms - this.set_back_ms,
      monotonic_ms: () => this.time.now_ms,
      random: () => 0.5,
      later: this.time.later,
      read,
      dial: () => Promise.reject(new Error("no store")),
      pacing: { start() {}, pause() {} },
      hash_key: { low: 1, high: 2 },
      replica_id: "r",
      tracing: null,
      hand_overs_before: 0,
      post: (message) => this.posted.push(message),
    });
  }

  get polls() {
    return this.posted.filter((message) => message.kind === "poll");
  }
}

Deno.test("A new poll worker goes on with what the one before it handed over", () => {
  const { polls, etags } = new Worker(HELD);
  assertEquals(polls.map(({ event, fields }) => [event, fields.snapshot_id]), [
    ["snapshot.restored", "a-7"],
  ]);
  assertEquals(polls[0].update.snapshot?.not_after_ms, NOW_MS);
  assertEquals(etags, ['"a-7"']);
});

Deno.test("A clock that is set back makes the current snapshot no younger", async () => {
  const worker = new Worker(HELD);
  await worker.time.pass(2500);
  assertEquals(worker.polls.length, 1);
  worker.set_back_ms = 30_000;
  await worker.time.pass(1000);
  const [, aged] = worker.polls;
  assertEquals([aged.event, aged.fields.age_ms], ["snapshot.aged", 3000]);
  assertEquals(aged.update.not_after_ms, NOW_MS - 30_000);
  await worker.time.pass(5000);
  assertEquals(worker.polls.length, 2);
});

Deno.test("A stopped worker no longer checks the clock", async () => {
  const worker = new Worker(null);
  worker.polling.receive({ kind: "stop" });
  await worker.time.pass(0);
  assertEquals(worker.time.timers.size, 0);
});
