import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord } from "../journal/mod.ts";
import { edit, faultOf, insert, simulate, timesOf } from "../testing/journal.ts";
import {
  addReplica,
  freeze,
  kill,
  latency,
  loadStep,
  refuse,
  reset,
  slowClients,
  status,
} from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

const TIMES = timesOf();

const effectOf = (records: readonly JournalRecord[]) => judgeRun(records).fault_effects[0];
const withoutHits = (records: readonly JournalRecord[]) =>
  edit(records, "hop", (hop) => ({
    ...hop,
    hits: Object.fromEntries(Object.keys(hop.hits).map((id) => [id, 0])),
  }));

Deno.test("a refused source shows in failed polls, even without a counter of hits", () => {
  const effect = effectOf(edit(simulate(), "hop", (hop) => ({ ...hop, hits: {} })));
  assertEquals([effect.took_effect, effect.hits], [true, null]);
  assertMatch(effect.evidence, /^no counter of hits; 10 polls failed \(log: poll.error/);
});

Deno.test("a refused source shows in data that stops changing if the subject counts no failures", () => {
  const silent = edit(edit(simulate(), "log", () => null), "stats", () => null);
  assertMatch(effectOf(silent).evidence, /^10 hits; one snapshot was served for 4.\d+ s$/);
});

Deno.test("a 500 takes effect only if a poll or a proxy saw it", () => {
  const records = simulate({ fault: faultOf(status({ status: 500, share: 0.5, burst: 1 })) });
  assertEquals(effectOf(records).took_effect, true);
  assertEquals(effectOf(withoutHits(records)).took_effect, false);
});

Deno.test("a delay shows in polls that took longer", () => {
  const fault = faultOf(latency("source", { delay_ms: 200 }));
  const slow = edit(
    withoutHits(simulate({ fault })),
    "log",
    (log) =>
      log.t_ms > TIMES.on && log.t_ms < TIMES.off
        ? { ...log, line: { ...log.line, fetch_ms: 203 } }
        : log,
  );
  assertMatch(effectOf(slow).evidence, /^0 hits; a poll took 203 ms, at most 2 ms before$/);
});

Deno.test("client resets show in failed requests", () => {
  const fault = faultOf(reset("client"));
  const failing = edit(
    withoutHits(simulate({ fault })),
    "load",
    (load) => load.t_ms > TIMES.on && load.t_ms < TIMES.off ? { ...load, failed: 3 } : load,
  );
  assertMatch(effectOf(failing).evidence, /147 client requests failed/);
});

Deno.test("a killed process shows only in its end", () => {
  const fault = faultOf(kill("data_server", { signal: "SIGKILL" }));
  const records = withoutHits(simulate({ fault }));
  assertEquals(effectOf(records).took_effect, false);
  const ended = insert(records, {
    t_ms: TIMES.on - 2,
    kind: "process",
    process: "data_server",
    action: "killed",
    pid: 7,
    code: null,
  });
  assertMatch(effectOf(ended).evidence, /data_server \(pid 7\) was ended/);
});

Deno.test("a load step shows in the load, slow clients in their own count", () => {
  const records = withoutHits(simulate({ fault: faultOf(loadStep({ factor: 10 })) }));
  assertEquals(effectOf(records).took_effect, false);
  const grown = edit(
    records,
    "load",
    (load) =>
      load.t_ms > TIMES.on && load.t_ms <= TIMES.off
        ? { ...load, requests: load.requests * 10 }
        : load,
  );
  assertMatch(effectOf(grown).evidence, /the load grew 10.0 times/);
  const slow = simulate({ fault: faultOf(slowClients({ connections: 10, bytes_per_s: 10 })) });
  assertEquals([effectOf(slow).took_effect, effectOf(withoutHits(slow)).took_effect], [
    true,
    false,
  ]);
});

Deno.test("a fault that could not be applied reports the error as evidence", () => {
  const failed = edit(simulate({ fault: faultOf(refuse("source")) }), "fault", (fault) => ({
    ...fault,
    error: "proxy source: connection refused",
  }));
  assertEquals(effectOf(failed), {
    fault_id: "1-tcp.refuse",
    hits: null,
    took_effect: false,
    evidence: "proxy source: connection refused",
  });
});

Deno.test("a frozen process shows in its stop, an added one in its start", () => {
  const process = { kind: "process", pid: 7, code: null, t_ms: TIMES.on } as const;
  const frozen = simulate({ fault: faultOf(freeze("subject")) });
  assertEquals(effectOf(withoutHits(frozen)).took_effect, false);
  const stopped = insert(frozen, { ...process, process: "subject", action: "stopped" });
  assertMatch(effectOf(stopped).evidence, /subject \(pid 7\) was stopped$/);
  const added = insert(
    simulate({ fault: faultOf(addReplica()) }),
    { ...process, process: "subject-2", action: "started" },
  );
  assertMatch(effectOf(added).evidence, /subject-2 \(pid 7\) was started$/);
});

Deno.test("a fault of the store shows in store.error, or in a replica that polls alone", () => {
  const settings = { subjects: 2, store: "redis" } as const;
  const records = withoutHits(simulate({ settings, fault: faultOf(refuse("store")) }));
  assertEquals(effectOf(records).took_effect, false);
  const logged = insert(records, {
    t_ms: TIMES.on + 100,
    kind: "log",
    process: "subject-2",
    line: { event: "store.error" },
  });
  assertMatch(effectOf(logged).evidence, /subject-2 logged store.error$/);
  const alone = edit(
    records,
    "stats",
    (stats) =>
      stats.subject === 1 && stats.t_ms > TIMES.on + 2000 ? { ...stats, role: "alone" } : stats,
  );
  assertMatch(effectOf(alone).evidence, /subject-2 polled alone$/);
});
