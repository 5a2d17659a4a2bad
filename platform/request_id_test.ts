import { assertEquals } from "@std/assert";
import { requestIdOf } from "./request_id.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const X = { "x-request-id": "abc-1" };

const IDS: [headers: Record<string, string>, id: string | undefined][] = [
  [{}, undefined],
  [{ traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }, TRACE],
  [{ ...X, traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }, TRACE],
  [{ ...X, traceparent: `cc-${TRACE}-00f067aa0ba902b7-01-more` }, TRACE],
  [{ ...X, traceparent: `ff-${TRACE}-00f067aa0ba902b7-01` }, "abc-1"],
  [{ ...X, traceparent: `00-${"0".repeat(32)}-00f067aa0ba902b7-01` }, "abc-1"],
  [{ ...X, traceparent: `00-${TRACE}-${"0".repeat(16)}-01` }, "abc-1"],
  [{ ...X, traceparent: `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01` }, "abc-1"],
  [{ "x-request-id": "  " }, undefined],
  [{ "x-request-id": "y".repeat(200) }, "y".repeat(128)],
];

for (const [headers, id] of IDS) {
  Deno.test(`requestIdOf ${JSON.stringify(headers).slice(0, 70)} is ${id?.slice(0, 12)}`, () => {
    assertEquals(requestIdOf(new Headers(headers)), id);
  });
}
