/** Poller, store and handler together: from a source's answers to the service's answers. */
import { assertEquals } from "@std/assert";
import type { FromPollWorker } from "./messages.ts";
import { answerTimes, CIRCUIT_OPENS_AFTER, PollError, type PollerWorld } from "./poll/mod.ts";
import { PolledSource, ROOM_WAIT_MS_MAX } from "./polled_source.ts";
import { AUTO_TIMES } from "./snapshot/mod.ts";
import { Store } from "./store.ts";
import { bytesOf } from "./testing/bodies.ts";
import { TestServer } from "./testing/test_server.ts";
import { VirtualTime } from "./testing/virtual_time.ts";

/** Memory of one replaced snapshot, not of two. */
const OLDER_BYTES_MAX = 300;

const SOURCE = "http://source/counters";
const POLL_MS = 1000;
const START_MS = 1_700_000_000_000;
const LIST = "/telemetry/ListMetrics";
/** Paths of the same rows: prepared, written for the request, and for Prometheus. */
const LISTS = [LIST, `${LIST}?format=csv`, `${LIST}?limit=9`, "/metrics/fabric"];

/** Answer of the source: a body, a 304 (null), or a failure. */
type Answer = { csv: string | null; headers?: Record<string, string> } | "fails";

/** A service whose source gives this answer to each poll, in virtual time. */
class Service {
  answer: Answer;
  readonly time = new VirtualTime();
  readonly store = new Store([SOURCE], (_, hand_over) => this.released.push(hand_over));
  /** Hand-overs that the store has released. */
  readonly released: number[] = [];
  keeps_released = false;
  readonly server = new TestServer(this.store, { fabric_series_max: 100 });
  readonly polled: PolledSource;

  constructor(answer: Answer) {
    this.answer = answer;
    let hand_overs = 0;
    let own_ids = 0;
    this.polled = new PolledSource(0, {
      url: SOURCE,
      poll_ms: POLL_MS,
      timeout_ms: 500,
      backoff_max_ms: POLL_MS,
      bytes_max: 5_000_000,
      id_columns: [],
      row_times: AUTO_TIMES,
    }, {
      world: {
        read: (request, openSink) => this.#read(request, openSink),
        epoch_ms: () => this.now_ms,
        monotonic_ms: () => this.time.now_ms,
        random: () => 0.5,
        later: this.time.later,
        nextId: () => `own-${++own_ids}`,
        hash_key: { low: 1, high: 2 },
      },
      trace: null,
      serving_threads: 1,
      older_bytes_max: OLDER_BYTES_MAX,
      post: (message) => this.#receive(message),
      nextHandOver: () => ++hand_overs,
      newlyRepeated: () => undefined,
      persist: () => ({
        start: () => Promise.resolve(),
        polled() {},
        stop: () => Promise.resolve(),
      }),
    });
    this.polled.poller.start();
  }

  get now_ms(): number {
    return START_MS + this.time.now_ms;
  }

  /** The first poll ends, and some time passes before the next one. */
  async firstPoll(): Promise<this> {
    await this.polls(0.3);
    return this;
  }

  /** Passes the time of some polls. */
  async polls(count: number, answer = this.answer): Promise<void> {
    this.answer = answer;
    // A failing source is polled at least once in two intervals.
    await this.time.pass(count * POLL_MS * (answer === "fails" ? 2 : 1));
    this.server.now_ms = this.now_ms;
  }

  /** Status, body and the headers of its data. */
  async get(path: string) {
    const response = await this.server.request(path);
    const [age_ms, taken_ms, etag] = ["x-data-age-ms", "x-snapshot-ts", "etag"]
      .map((name) => response.headers.get(name));
    return {
      status: response.status,
      text: await response.text(),
      age_ms: Number(age_ms),
      taken_ms: Number(taken_ms),
      etag,
    };
  }

  async value(switch_id: string, metric: string): Promise<unknown> {
    const { status, text } = await this.get(
      `/telemetry/GetMetric?switch_id=${switch_id}&metric=${metric}`,
    );
    return status === 200 ? JSON.parse(text).value : status;
  }

  // deno-lint-ignore require-await
  async #read(...[{ etag }, openSink]: Parameters<PollerWorld["read"]>) {
    const { answer, now_ms } = this;
    if (answer === "fails") throw new PollError("refused", "connection refused");
    const { csv, headers } = answer;
    if (csv !== null) openSink(csv.length).push(bytesOf(csv));
    const status = csv === null && etag !== null ? 304 as const : 200 as const;
    const times = answerTimes(new Headers(headers), now_ms, now_ms);
    return { status, etag: headers?.etag ?? null, times, end_known: true };
  }

  /** As the main thread does, with messages copied between the threads. */
  #receive(message: FromPollWorker): void {
    const copy = structuredClone(message);
    if (copy.kind === "poll") this.store.update(copy.update);
    else if (copy.kind === "items") this.store.updateItems(copy.update);
    else if (copy.kind === "stats") this.store.updateStats(copy.source, copy.stats);
    if (!this.keeps_released) this.release();
  }

  /** Tells the poll worker what the store has released. */
  release(): void {
    for (const hand_over of this.released.splice(0)) this.polled.release(hand_over);
  }
}

const body = (n: number) => ({
  csv: `switch_id,m,n\nsw-0,${700 + n},1\nsw-1,${800 + n},2\n`,
  headers: { etag: `"b-${n}"` },
});
const NOT_MODIFIED: Answer = { csv: null };

/** Age of the data by each answer that reports one. */
async function agesOf(service: Service): Promise<number[]> {
  const paths = ["/telemetry/GetMetric?switch_id=sw-0&metric=m", LIST, `${LIST}?limit=9`];
  const answers = await Promise.all(paths.map((path) => service.get(path)));
  const { text } = await service.get("/metrics");
  const exposed_s = /^fabric_telemetry_data_age_seconds\S* (\S+)$/m.exec(text)![1];
  const stats = JSON.parse((await service.get("/stats")).text);
  return [
    ...answers.flatMap(({ age_ms, taken_ms, text }) => [
      age_ms,
      service.now_ms - taken_ms,
      JSON.parse(text).age_ms,
    ]),
    Math.round(Number(exposed_s) * 1000),
    stats.sources[0].age_ms,
    JSON.parse((await service.get("/readyz")).text).age_ms,
  ];
}

/** All answers report the age of the data of the first poll. */
async function assertFirstAge(service: Service): Promise<void> {
  const ages = await agesOf(service);
  assertEquals(ages, ages.map(() => service.now_ms - START_MS));
}

Deno.test("A 304 leaves the age growing in every answer that reports one", async () => {
  const service = await new Service(body(1)).firstPoll();
  await assertFirstAge(service);
  for (let polls = 1; polls <= 3; polls++) {
    await service.polls(1, NOT_MODIFIED);
    await assertFirstAge(service);
  }
  assertEquals(service.polled.poller.stats.not_modified, 3);
});

Deno.test("The age grows while polls fail, and while the circuit is open", async () => {
  const service = await new Service(body(1)).firstPoll();
  for (let n = 0; n < 2 * CIRCUIT_OPENS_AFTER; n++) {
    await service.polls(1, "fails");
    await assertFirstAge(service);
  }
  assertEquals(service.store.sources[0].stats.circuit, "open");
  await service.polls(1, body(2));
  assertEquals([service.store.sources[0].stats.circuit, await service.value("sw-0", "m")], [
    "closed",
    702,
  ]);
});

Deno.test("Each snapshot of the same rows replaces every answer and its headers", async () => {
  const service = await new Service(body(1)).firstPoll();
  for (let n = 1; n <= 3; n++) {
    if (n > 1) await service.polls(1, body(n));
    const values = [await service.value("sw-0", "m"), await service.value("sw-1", "m")];
    assertEquals(values, [700 + n, 800 + n]);
    const { etag, taken_ms } = await service.get(LIST);
    assertEquals([etag, taken_ms], [`W/"b-${n}"`, START_MS + (n - 1) * POLL_MS]);
    for (const path of LISTS) {
      const { text } = await service.get(path);
      assertEquals(text.match(/[78]0\d/g)?.map(Number), values, path);
    }
  }
});

Deno.test("Items too large to render with each snapshot are rendered when a list is requested", async () => {
  const service = await new Service(body(1)).firstPoll();
  const rows = Array.from({ length: 50_000 }, (_, row) => `switch-${row},${row}\n`);
  await service.polls(1, { csv: `switch_id,m\n${rows.join("")}` });
  const answer = service.get(LIST);
  await Promise.resolve();
  assertEquals(service.server.wanted, [0]);
  service.polled.requestItems();
  assertEquals(JSON.parse((await answer).text).items.length, rows.length);
});

Deno.test("Rows that the source removes are in no answer, nor are removed columns", async () => {
  const service = await new Service(body(1)).firstPoll();
  assertEquals([await service.value("sw-1", "n"), await service.value("sw-0", "n")], [2, 1]);
  await service.polls(1, { csv: "switch_id,m,n\nsw-0,7,8\n" });
  assertEquals([await service.value("sw-1", "n"), await service.value("sw-0", "n")], [404, 8]);
  for (const path of LISTS) assertEquals((await service.get(path)).text.includes("sw-1"), false);
  await service.polls(1, { csv: "switch_id,o,m\nsw-0,5,6\n" });
  const values = ["m", "n", "o"].map((metric) => service.value("sw-0", metric));
  assertEquals(await Promise.all(values), [6, 404, 5]);
  assertEquals(JSON.parse((await service.get(LIST)).text).items, [{
    switch_id: "sw-0",
    o: 5,
    m: 6,
  }]);
});

Deno.test("Every list is served while polls fail, and while the circuit is open", async () => {
  const service = await new Service(body(1)).firstPoll();
  const before = await Promise.all(LISTS.map((path) => service.get(path)));
  for (let n = 0; n < 2 * CIRCUIT_OPENS_AFTER; n++) {
    await service.polls(1, "fails");
    for (const [index, path] of LISTS.entries()) {
      const { status, text, etag } = await service.get(path);
      const plain = (text: string) => text.replace(/"age_ms":\d+/, "");
      assertEquals([status, etag, plain(text)], [
        200,
        before[index].etag,
        plain(before[index].text),
      ]);
    }
  }
});

Deno.test("Rates read the memory of the snapshot before, which no later body overwrites", async () => {
  const service = await new Service(body(1)).firstPoll();
  for (let n = 2; n <= 5; n++) {
    await service.polls(1, body(n));
    const rate = await service.value("sw-1", "rate(m)");
    assertEquals(Number(rate) > 0, true);
    const broken = body(n).csv.replaceAll(/\d\d\d/g, "999,");
    await service.polls(1, { csv: broken });
    // Another URL, whose answer is not cached.
    const { text } = await service.get("/telemetry/GetMetric?switch_id=sw-1&metric=m&rate=1");
    assertEquals(JSON.parse(text).rate, rate, `snapshot ${n}`);
  }
});

Deno.test("A poll waits while more replaced snapshots are kept than slow readers may keep", async () => {
  const service = await new Service(body(1)).firstPoll();
  const polls = () => service.polled.poller.stats.polls;
  service.keeps_released = true;
  for (let n = 2; n <= 6; n++) await service.polls(1, body(n));
  assertEquals(polls(), 3);
  service.release();
  await service.polls(1, body(7));
  assertEquals([polls(), await service.value("sw-0", "m")], [5, 707]);
});

Deno.test(`A poll waits at most ${ROOM_WAIT_MS_MAX} ms for memory`, async () => {
  const service = await new Service(body(1)).firstPoll();
  service.keeps_released = true;
  for (let n = 2; n <= 3; n++) await service.polls(1, body(n));
  await service.polls(1 + ROOM_WAIT_MS_MAX / POLL_MS, body(4));
  assertEquals(await service.value("sw-0", "m"), 704);
});
