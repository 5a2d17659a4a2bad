import { assertEquals, assertNotEquals } from "@std/assert";
import { refreshHandler } from "./refresh_handler.ts";

const URL = "http://127.0.0.1";
const bytes = (text: string) => new TextEncoder().encode(text);

const POLL_MS = 500;

function source() {
  let now_ms = 1_764_000_000_000;
  const handler = refreshHandler([bytes("one"), bytes("two")], POLL_MS, () => now_ms);
  const get = (etag?: string) =>
    handler(
      new Request(
        `${URL}/counters`,
        etag === undefined ? {} : { headers: { "If-None-Match": etag } },
      ),
    );
  return {
    handler,
    get,
    wait: (duration_ms: number) => void (now_ms += duration_ms),
    post: (path: string) => handler(new Request(URL + path, { method: "POST" })),
  };
}

Deno.test("refreshHandler() sends its bodies in rotation, each with its own ETag", async () => {
  const { get } = source();
  const first = get();
  const etag = first.headers.get("etag")!;
  const second = get(etag);
  assertEquals([first.status, second.status], [200, 200]);
  assertEquals([await first.text(), await second.text(), await get().text()], [
    "one",
    "two",
    "one",
  ]);
  assertNotEquals(second.headers.get("etag"), etag);
  assertEquals(first.headers.get("content-type"), "text/csv; charset=utf-8");
  assertEquals(first.headers.get("x-snapshot-ts"), "1764000000000");
});

Deno.test("refreshHandler() answers 304 for the current ETag while it holds", () => {
  const { get, post } = source();
  const etag = get().headers.get("etag")!;
  post("/hold");
  assertEquals([get(etag).status, get(etag).status, get('"other"').status], [304, 304, 200]);
  post("/refresh?every_ms=0");
  assertEquals(get(etag).status, 200);
});

Deno.test("refreshHandler() sends a second poller the body that the first one has", async () => {
  const { get, post } = source();
  const old = get().headers.get("etag")!;
  const first = get(old);
  post("/refresh?every_ms=2000");
  const second = get(old);
  assertEquals(second.headers.get("etag"), first.headers.get("etag"));
  assertEquals([await second.text(), await first.text()], ["two", "two"]);
});

Deno.test("refreshHandler() refreshes with the poll nearest to the due time", () => {
  const { get, post, wait } = source();
  let etag = get().headers.get("etag")!;
  post("/refresh?every_ms=2000");
  const poll = (after_ms: number) => {
    wait(after_ms);
    const { status, headers } = get(etag);
    etag = headers.get("etag")!;
    return status;
  };
  assertEquals([499, 501, 499, 500].map(poll), [304, 304, 304, 200]);
  assertEquals([510, 510, 510, 510].map(poll), [304, 304, 304, 200]);
});

Deno.test("refreshHandler() counts its responses and reports the last bodies", async () => {
  const { handler, get, post } = source();
  const etag = get().headers.get("etag")!;
  post("/hold");
  get(etag);
  const counts = await handler(new Request(`${URL}/sent`)).json();
  const last = { snapshot_id: JSON.parse(etag), epoch_ms: 1_764_000_000_000 };
  assertEquals(counts, {
    refresh_every_ms: null,
    requests: 2,
    bodies: 1,
    not_modified: 1,
    recent: [last],
  });
});

Deno.test("refreshHandler() remembers the last 30 bodies", async () => {
  const { handler, get } = source();
  for (let n = 0; n < 40; n++) get();
  const { recent, bodies } = await handler(new Request(`${URL}/sent`)).json();
  assertEquals([recent.length, bodies, recent.at(-1).snapshot_id], [30, 40, "bench-40"]);
});
