import { assertEquals, assertThrows } from "@std/assert";
import { FaultError } from "../vocabulary/mod.ts";
import { readFault } from "./fault_kinds.ts";

Deno.test("readFault fills in default parameters", () => {
  assertEquals(readFault("http.status", { status: 500 }).params, {
    status: 500,
    share: 1,
    burst: 1,
    first_n: 0,
    retry_after_s: 0,
  });
});

for (
  const [kind, params, message] of [
    ["http.slow_first_byte", { delay_ms: -1 }, "http.slow_first_byte delay_ms=-1: must be"],
    ["http.cut_body", { share_kept: 1 }, "http.cut_body share_kept=1: must be a number of 0–0.999"],
    ["http.html", { share: 1 }, "http.html share: no such parameter; it has none"],
    ["http.na_flood", { share: "1" }, "http.na_flood share=1: must be"],
    ["http.torn_rows", null, "http.torn_rows params=null: must be an object"],
    ["tcp.refuse", {}, "kind=tcp.refuse: must be one of http.status, "],
    ["toString", {}, "kind=toString: must be one of"],
  ] as const
) {
  Deno.test(`readFault rejects ${kind} ${JSON.stringify(params)}`, () => {
    assertThrows(() => readFault(kind, params), FaultError, message);
  });
}
