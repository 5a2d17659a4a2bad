import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord } from "../journal/mod.ts";
import { edit, faultOf, insert, simulate, timesOf } from "../testing/journal.ts";
import { kill, latency, loadStep, refuse, reset, slowClients, status } from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

const TIMES = timesOf();

const biteOf = (records: readonly JournalRecord[]) => judgeRun(records).bite[0];
const withoutHits = (records: readonly JournalRecord[]) =>
  edit(records, "hop", (hop) => ({
    ...hop,
    hits: Object.fromEntries(Object.keys(hop.hits).map((id) => [id, 0])),
  }));

Deno.test("a refused source bites by failed polls, also where nothing counts hits", () => {
  const bite = biteOf(edit(simulate(), "hop", (hop) => ({ ...hop, hits: {} })));
  assertEquals([bite.bitten, bite.hits], [true, null]);
  assertMatch(bite.evidence, /^no counter tells of hits; 10 polls failed \(log: poll.error/);
});

Deno.test("a refused source bites by data that stands still, where the subject counts no failures", () => {
  const silent = edit(edit(simulate(), "log", () => null), "stats", () => null);
  assertMatch(biteOf(silent).evidence, /^10 hits; one snapshot was served for 4.\d+ s$/);
});

Deno.test("a 500 that no poll met does not bite, one that a proxy counted does", () => {
  const records = simulate({ fault: faultOf(status({ status: 500, share: 0.5, burst: 1 })) });
  assertEquals(biteOf(records).bitten, true);
  assertEquals(biteOf(withoutHits(records)).bitten, false);
});

Deno.test("a delay bites by polls that took longer", () => {
  const fault = faultOf(latency("source", { delay_ms: 200 }));
  const slow = edit(
    withoutHits(simulate({ fault })),
    "log",
    (log) =>
      log.t_ms > TIMES.on && log.t_ms < TIMES.off
        ? { ...log, line: { ...log.line, fetch_ms: 203 } }
        : log,
  );
  assertMatch(biteOf(slow).evidence, /^0 hits; a poll took 203 ms, at most 2 ms before$/);
});

Deno.test("resets toward clients bite by requests that failed", () => {
  const fault = faultOf(reset("client"));
  const failing = edit(
    withoutHits(simulate({ fault })),
    "load",
    (load) => load.t_ms > TIMES.on && load.t_ms < TIMES.off ? { ...load, failed: 3 } : load,
  );
  assertMatch(biteOf(failing).evidence, /147 requests of clients failed/);
});

Deno.test("a killed process bites by its end, and only by it", () => {
  const fault = faultOf(kill("data_server", { signal: "SIGKILL" }));
  const records = withoutHits(simulate({ fault }));
  assertEquals(biteOf(records).bitten, false);
  const ended = insert(records, {
    t_ms: TIMES.on - 2,
    kind: "process",
    process: "data_server",
    action: "killed",
    pid: 7,
    code: null,
  });
  assertMatch(biteOf(ended).evidence, /data_server \(pid 7\) was ended/);
});

Deno.test("a load step bites by the load, slow clients by their own count", () => {
  const records = withoutHits(simulate({ fault: faultOf(loadStep({ factor: 10 })) }));
  assertEquals(biteOf(records).bitten, false);
  const grown = edit(
    records,
    "load",
    (load) =>
      load.t_ms > TIMES.on && load.t_ms <= TIMES.off
        ? { ...load, requests: load.requests * 10 }
        : load,
  );
  assertMatch(biteOf(grown).evidence, /the load grew 10.0 times/);
  const slow = simulate({ fault: faultOf(slowClients({ connections: 10, bytes_per_s: 10 })) });
  assertEquals([biteOf(slow).bitten, biteOf(withoutHits(slow)).bitten], [true, false]);
});

Deno.test("a fault that could not be put on did not bite, and says why", () => {
  const failed = edit(simulate({ fault: faultOf(refuse("source")) }), "fault", (fault) => ({
    ...fault,
    error: "proxy source: connection refused",
  }));
  assertEquals(biteOf(failed), {
    fault_id: "1-tcp.refuse",
    hits: null,
    bitten: false,
    evidence: "proxy source: connection refused",
  });
});
