import { assert, assertEquals, assertThrows } from "@std/assert";
import * as words from "./mod.ts";
import { faultOf } from "../testing/journal.ts";
import { FaultError, type FaultValue, ms } from "./mod.ts";

/** One of every kind, with values in the middle. */
const EVERY: Readonly<Record<string, FaultValue>> = {
  "tcp.latency": words.latency("source", { delay_ms: 200, jitter_ms: 50 }),
  "tcp.bandwidth": words.bandwidth("source", { rate_kb_per_s: 20 }),
  "tcp.refuse": words.refuse("source"),
  "tcp.hang": words.hang("source"),
  "tcp.reset": words.reset("client"),
  "tcp.slow_close": words.slowClose("source", { delay_ms: 500 }),
  "tcp.slicer": words.slicer("source", { average_bytes: 64, variation_bytes: 32, delay_us: 100 }),
  "tcp.limit_data": words.limitData("source", { bytes: 500 }),
  "tcp.flap": words.flap("source", { up_of_poll: 1, down_of_poll: 1 }),
  "http.status": words.status({ status: 500, share: 0.7, burst: 3 }),
  "http.slow_first_byte": words.slowFirstByte({ delay_ms: 100 }),
  "http.slow_drip": words.slowDrip({ bytes_per_s: 100 }),
  "http.html": words.html(),
  "http.cut_body": words.cutBody({ share_kept: 0.5 }),
  "http.wrong_length": words.wrongLength({ delta_bytes: -10 }),
  "http.torn_rows": words.tornRows({ share: 0.1 }),
  "http.duplicate_column": words.duplicateColumn(),
  "http.reorder_columns": words.reorderColumns(),
  "http.duplicate_rows": words.duplicateRows({ share: 0.1 }),
  "http.frozen_timestamp": words.frozenTimestamp(),
  "http.clock_skew": words.clockSkew({ skew_ms: -60_000 }),
  "http.counter_reset": words.counterReset(),
  "http.na_flood": words.naFlood({ share: 0.5 }),
  "http.oversized_body": words.oversizedBody({ bytes: 100_000 }),
  "http.endless_body": words.endlessBody(),
  "http.bad_etag": words.badEtag({ mode: "same_for_other" }),
  "process.kill": words.kill("data_server"),
  "process.restart": words.restart("store"),
  "process.freeze": words.freeze("leader"),
  "process.rolling_restart": words.rollingRestart(),
  "process.add_replica": words.addReplica(),
  "process.restart_both": words.restartBoth(),
  "store.full": words.storeFull(),
  "store.read_only": words.storeReadOnly(),
  "resource.cpu": words.cpu({ workers: 1, share: 0.9 }),
  "resource.slow_clients": words.slowClients({ connections: 10, bytes_per_s: 10 }),
  "resource.list_readers": words.listReaders({ connections: 3, pause_ms: 700 }),
  "resource.connection_flood": words.connectionFlood({ connections: 50, rate_per_s: 50 }),
  "resource.load_step": words.loadStep({ factor: 10 }),
};

for (const [kind, value] of Object.entries(EVERY)) {
  Deno.test(`${kind} is plain data with kind, layer, text and inverse`, () => {
    const fault = faultOf(value);
    assertEquals(fault.kind, kind);
    assertEquals(fault.layer, kind.split(".")[0]);
    assertEquals(structuredClone(fault), fault);
    assert(fault.text.length > 5 && fault.inverse.length > 3, `${fault.text}; ${fault.inverse}`);
    assert(!fault.text.includes("undefined") && !fault.text.includes("NaN"), fault.text);
    assertEquals(value.for(ms(500)).for_ms, 500);
  });
}

const REFUSED: readonly (readonly [message: string, value: FaultValue])[] = [
  [
    "tcp.latency delay_ms=-1: must be a whole number of 1–60000 ms",
    words.latency("source", { delay_ms: -1 }),
  ],
  [
    "tcp.latency jitter_ms=300: must be at most delay_ms=200",
    words.latency("source", { delay_ms: 200, jitter_ms: 300 }),
  ],
  [
    "tcp.bandwidth rate_kb_per_s=0: must be",
    words.bandwidth("source", { rate_kb_per_s: 0 }),
  ],
  [
    "tcp.slicer average_bytes=0: must be",
    words.slicer("source", { average_bytes: 0 }),
  ],
  [
    "tcp.slicer variation_bytes=64: must be a whole number of 0–63 B",
    words.slicer("source", { average_bytes: 64, variation_bytes: 64 }),
  ],
  ["tcp.limit_data bytes=0.5: must be a whole number", words.limitData("source", { bytes: 0.5 })],
  ["http.status share=1.5: must be a number of 0.001–1", words.status({ status: 500, share: 1.5 })],
  ["http.cut_body share_kept=NaN: must be", words.cutBody({ share_kept: NaN })],
  ["resource.load_step factor=21: must be", words.loadStep({ factor: 21 })],
  [
    "tcp.refuse subject=1: only hop store has a proxy for each subject",
    words.refuse("source", { subject: 1 }),
  ],
  [
    "process.kill subject=1: only process subject has numbers",
    words.kill("leader", { subject: 1 }),
  ],
  ["process.freeze subject=32: must be", words.freeze("subject", { subject: 32 })],
  [
    "resource.connection_flood connections=100000: must be",
    words.connectionFlood({ connections: 100_000, rate_per_s: 10 }),
  ],
];

for (const [message, value] of REFUSED) {
  Deno.test(`${message.split(":")[0]} is refused with its bound`, () => {
    assertThrows(() => faultOf(value), FaultError, message);
  });
}

Deno.test("the seed decides at which point of its cycle a flap starts", () => {
  const phaseOf = (seed: number) => faultOf(EVERY["tcp.flap"], seed).params.phase_ms;
  assertEquals(phaseOf(1), phaseOf(1));
  assert(new Set([1, 2, 3, 4, 5].map(phaseOf)).size > 2, "seeds hardly matter");
});
