import { assertEquals } from "@std/assert";
import type { ProblemAnswer } from "../../contracts/mod.ts";
import { FilledStore, TestServer } from "../testing/test_server.ts";
import { Streams } from "../stream/mod.ts";
import { EXAMPLES, PROBLEM_EXAMPLES, STREAM_EXAMPLE } from "./examples.ts";

const TAKEN_MS = 1_767_822_270_052;
const ID = "mwtsn2w405asc2d4-1";
const CSV = "switch_id,bandwidth_gbps,latency_us,packet_errors\n" +
  "sw-000,111.7,14.32,980\nsw-001,55.4,7.36,767\n";

/** A store with the snapshot of the examples, polled twice. */
class ExampleStore extends FilledStore {
  constructor() {
    super(["http://127.0.0.1:9001/counters"]);
    this.take(CSV, ID, TAKEN_MS).learn([10_000]);
  }

  override stats(source: number, snapshot_id: string) {
    const last_success = "2026-01-07T21:44:31.745Z";
    const counted = { polls: 2, successes: 2, not_modified: 1, rows: 2, last_success };
    return { ...super.stats(source, snapshot_id), ...counted };
  }
}

Deno.test("every example equals the response of the service", async () => {
  for (const [name, { target, body }] of Object.entries({ ...EXAMPLES, ...PROBLEM_EXAMPLES })) {
    const shard = name === "misdirected" ? { index: 1, count: 4 } : undefined;
    const server = new TestServer(new ExampleStore().store, { shard });
    server.now_ms = TAKEN_MS + 1846;
    let monotonic_ms = 0;
    server.monotonic_ms = () => monotonic_ms += 0.25;
    // So that /stats has a latency.
    await server.request(EXAMPLES.get_metric.target);
    const answer = await server.request(target);
    assertEquals(answer.status, name in EXAMPLES ? 200 : (body as ProblemAnswer).status, name);
    const text = await answer.text();
    assertEquals(typeof body === "string" ? text : JSON.parse(text), body, name);
  }
});

Deno.test("the stream example equals the event of the service", async () => {
  const { store } = new ExampleStore();
  const noUpgrade = () => {
    throw new TypeError("no WebSocket");
  };
  const onError = (error: unknown) => {
    throw error;
  };
  const clock = { epoch_ms: () => TAKEN_MS };
  const limits = { max_stale_ms: Infinity, retry_after_s: 2 };
  const streams = new Streams(store, limits, noUpgrade, onError, undefined, clock);
  const request = new Request("http://localhost/telemetry/stream");
  const response = streams.answer(request, "switch_id=sw-000&metric=latency_us");
  let text = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/\ndata: .*\n\n/.test(text)) break;
  }
  const lines = new Map(
    text.split("\n").map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const [id, event, data] = ["id", "event", "data"].map((name) => lines.get(name));
  assertEquals<unknown>({ id, event, data }, STREAM_EXAMPLE);
});
