import { assertEquals } from "@std/assert";
import type { ProblemAnswer } from "../../contracts/mod.ts";
import { FilledStore, TestServer } from "../serve/_fixtures.ts";
import { select, type StreamView } from "../stream/selection.ts";
import { snapshotData } from "../stream/stream_data.ts";
import { StreamEvent } from "../stream/stream_event.ts";
import { EXAMPLES, PROBLEM_EXAMPLES, STREAM_EXAMPLE } from "./examples.ts";

const TAKEN_MS = 1_767_822_270_052;
const ID = "mwtsn2w405asc2d4-1";
const CSV = "switch_id,bandwidth_gbps,latency_us,packet_errors\n" +
  "sw-000,111.7,14.32,980\nsw-001,55.4,7.36,767\n";

/** A store with the snapshot that the examples are of, polled twice. */
class ExampleStore extends FilledStore {
  constructor() {
    super(["http://127.0.0.1:9001/counters"]);
    this.take(CSV, ID, TAKEN_MS);
  }

  override stats(source: number, snapshot_id: string) {
    const last_success = "2026-01-07T21:44:31.745Z";
    const counted = { polls: 2, successes: 2, not_modified: 1, rows: 2, last_success };
    return { ...super.stats(source, snapshot_id), ...counted };
  }
}

Deno.test("every example is the service's answer, to the last digit", async () => {
  for (const [name, { target, body }] of Object.entries({ ...EXAMPLES, ...PROBLEM_EXAMPLES })) {
    const server = new TestServer(new ExampleStore().store);
    server.now_ms = TAKEN_MS + 1846;
    let monotonic_ms = 0;
    server.monotonic_ms = () => monotonic_ms += 0.25;
    // So that /stats has something to tell.
    await server.request(EXAMPLES.get_metric.target);
    const answer = await server.request(target);
    assertEquals(answer.status, name in EXAMPLES ? 200 : (body as ProblemAnswer).status, name);
    const text = await answer.text();
    assertEquals(typeof body === "string" ? text : JSON.parse(text), body, name);
  }
});

Deno.test("the example of a stream is the event that the service sends", () => {
  const { store } = new ExampleStore();
  const snapshots = store.delivered().map(({ snapshot }) => snapshot!);
  const view: StreamView = { id: ID, missing: [], snapshots };
  const filter = { ids: { exact: ["sw-000"], prefixes: [] }, metrics: ["latency_us"] };
  const data = [...snapshotData(view, select(view, filter))].map(({ text }) => text).join("");
  const { name: event, id } = new StreamEvent("snapshot", ID, data);
  assertEquals<unknown>({ id, event, data }, STREAM_EXAMPLE);
});
