import { assertEquals, assertStrictEquals } from "@std/assert";
import { FilledStore } from "../testing/test_server.ts";
import { fabricLink, serveFabric } from "./link.ts";
import { AHEAD_BODIES_MAX, FABRIC_BODIES_MAX, FabricRenderer } from "./renderer.ts";
import type { FabricSelection } from "./selection.ts";

const CSV = "switch_id,x\nsw-0,1\n";

const ALL: FabricSelection = { fields: [], ids: null, format: "prometheus" };

function selection(field: string): FabricSelection {
  return { ...ALL, fields: [field] };
}

class Rig {
  now_ms = 1_000_000;
  readonly released: string[] = [];
  readonly filled = new FilledStore(undefined, (_, id) => this.released.push(id))
    .take(CSV, "a-1", 1_000_000);
  readonly renderer: FabricRenderer;
  #run = () => {};

  constructor(max_stale_ms = Infinity) {
    const settings = { series_max: 100, max_stale_ms };
    this.renderer = new FabricRenderer(this.filled.store, settings, {
      now: () => this.now_ms,
      later: (_, run) => this.#run = run,
    });
  }

  /** Takes a snapshot, and waits for what it makes the renderer do. */
  async take(id: string): Promise<void> {
    this.filled.take(CSV, id, 1_000_000);
    this.renderer.changed();
    this.#run();
    await this.renderer.render(selection("wait"));
  }
}

Deno.test("a body is rendered once for a snapshot and selection", async () => {
  const rig = new Rig();
  const [first, second] = await Promise.all([rig.renderer.render(ALL), rig.renderer.render(ALL)]);
  assertStrictEquals(first, second);
  rig.filled.take(CSV, "a-2", 1_000_000);
  assertEquals((await rig.renderer.render(ALL)).snapshot_id, "a-2");
});

Deno.test("a body is rendered again when one of its rows exceeds MAX_STALE_MS", async () => {
  const rig = new Rig(5_000);
  const first = await rig.renderer.render(ALL);
  rig.now_ms += 5_000;
  assertStrictEquals(await rig.renderer.render(ALL), first);
  rig.now_ms += 1;
  assertEquals((await rig.renderer.render(ALL)).snapshot_id, "");
});

Deno.test("a requested selection is rendered ahead of the next requests, but not for ever", async () => {
  const rig = new Rig();
  let rendered = 0;
  const lease = rig.filled.store.lease;
  rig.filled.store.lease = function () {
    rendered++;
    return lease.call(this);
  };
  await rig.renderer.render(ALL);
  await rig.take("a-2");
  rendered = 0;
  await rig.renderer.render(ALL);
  assertEquals(rendered, 0);
  for (let n = 0; n <= AHEAD_BODIES_MAX; n++) await rig.take(`b-${n}`);
  rendered = 0;
  await rig.renderer.render(ALL);
  assertEquals(rendered, 1);
});

Deno.test("the bodies kept are bounded; the selection requested least recently is dropped", async () => {
  const rig = new Rig();
  const first = await rig.renderer.render(ALL);
  for (let n = 1; n < FABRIC_BODIES_MAX; n++) await rig.renderer.render(selection(`x${n}`));
  assertStrictEquals(await rig.renderer.render(ALL), first);
  const second = await rig.renderer.render(selection("x1"));
  for (let n = 1; n < FABRIC_BODIES_MAX; n++) await rig.renderer.render(selection(`y${n}`));
  assertStrictEquals(await rig.renderer.render(selection("x1")), second);
  assertEquals(await rig.renderer.render(ALL) === first, false);
});

Deno.test("a snapshot keeps its memory while a body is rendered from it", async () => {
  const rig = new Rig();
  const body = rig.renderer.render(ALL);
  await Promise.resolve();
  rig.filled.take(CSV, "a-2", 1_000_000);
  assertEquals(rig.released, []);
  await body;
  assertEquals(rig.released, ["a-1"]);
});

Deno.test("a link returns the other thread's body, and its error", async () => {
  const { renderer } = new Rig();
  const { port1, port2 } = new MessageChannel();
  serveFabric(
    port2,
    (wanted) =>
      wanted.fields.length > 0 ? Promise.reject(new Error("no body")) : renderer.render(wanted),
  );
  const render = fabricLink(port1);
  const [body, failed] = await Promise.allSettled([render(ALL), render(selection("x"))]);
  assertEquals(body.status === "fulfilled" && body.value, await renderer.render(ALL));
  assertEquals(failed.status === "rejected" && failed.reason.message.includes("no body"), true);
  port1.close();
  port2.close();
});
