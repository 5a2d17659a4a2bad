import { assertEquals, assertLess } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { joinBytes } from "../../platform/mod.ts";
import { deflateItems } from "../snapshot/mod.ts";
import { forSeeds } from "../testing/random.ts";
import { gzipBody, gzipRest } from "./gzip_body.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** One member, as most clients read it: Node reads all members, so a second one would show. */
function unzipped(head: string, parts: (string | { items: string })[]): string {
  const rest = gzipRest(
    parts.map((part) =>
      typeof part === "string" ? bytesOf(part) : deflateItems(bytesOf(part.items))
    ),
  );
  const body = joinBytes(gzipBody(bytesOf(head), rest));
  assertEquals([body[0], body[1]], [0x1f, 0x8b]);
  return new TextDecoder().decode(gunzipSync(body));
}

Deno.test("gzipBody is one gzip member with the texts and items in their order", () => {
  assertEquals(
    unzipped('{"age_ms":1', ['],"items":[', { items: '{"a":1}' }, "]}"]),
    [
      '{"age_ms":1],"items":[{"a":1}]}',
    ].join(""),
  );
  assertEquals(unzipped("", [{ items: "a" }, ",", { items: "b" }, "]}"]), "a,b]}");
});

Deno.test("gzipBody takes texts and items of any length, with a right CRC", () => {
  forSeeds(20, (random) => {
    const text = (length_max: number) => {
      const length = random.below(length_max);
      const word = `"PortXmitData":${random.below(1e9)},`;
      return word.repeat(Math.ceil(length / word.length)).slice(0, length);
    };
    const head = text(200_000);
    const parts = [text(10), { items: text(700_000) }, text(70_000), { items: text(300) }, "]}"];
    const plain = parts.map((part) => typeof part === "string" ? part : part.items).join("");
    assertEquals(unzipped(head, parts), head + plain);
  });
});

Deno.test("deflateItems pauses between slices and refers to the slice before", () => {
  const items = bytesOf('{"switch_id":"sw-000","latency_us":14.32},'.repeat(20_000));
  let pauses = 0;
  const { bytes, length } = deflateItems(items, () => pauses++);
  assertEquals([length, pauses], [items.length, 3]);
  assertLess(bytes.length, items.length / 50);
});
