import { assert, assertEquals } from "@std/assert";
import { METRICS_SERVER } from "../subject/mod.ts";
import {
  at,
  baseline,
  kill,
  probeErrors,
  recover,
  s,
  type Scenario,
  scenario,
  type Settings,
} from "../vocabulary/mod.ts";
import { runCommandLine } from "./command_line.ts";
import { notRunJUnit, notRunnable } from "./not_run.ts";
import { fakeSystem } from "./testing/fake_system.ts";

function needing(settings: Partial<Settings>): Scenario {
  return scenario("needing", {
    question: "Is it run?",
    claim: "It is not",
    steady: { always: [probeErrors().atMost(0, "clients need no store")] },
    settings,
    timeline: [
      at(s(0), baseline(s(2))),
      at(s(2), kill("subject").for(s(2))),
      at(s(4), recover({ within: s(2), stable: 3 })),
    ],
  });
}

const WITH_STORE = needing({ subjects: 3, store: "redis" });
const WITH_FRONT = needing({ subjects: 3, front: "haproxy" });
const SMALL = { ...METRICS_SERVER, name: "small", env: { SOURCE: "{upstream}", PORT: "{port}" } };

Deno.test("a scenario that needs a missing program names it and its package", () => {
  const reasons = (found: readonly string[]) =>
    notRunnable([WITH_STORE, WITH_FRONT], undefined, { isOnPath: (name) => found.includes(name) })
      .map(({ reason }) => reason);
  const no_front = "no haproxy on PATH: apt-get install haproxy";
  assertEquals(reasons([]), [
    "no redis-server or valkey-server on PATH: apt-get install redis-server",
    no_front,
  ]);
  assertEquals(reasons(["valkey-server"]), [no_front]);
  assertEquals(reasons(["redis-server", "haproxy"]), []);
});

Deno.test("a subject without a place for the store is not started in a scenario with one", () => {
  const [{ reason }, ...others] = notRunnable([WITH_STORE, WITH_FRONT], SMALL, {
    isOnPath: () => true,
  });
  assertEquals(others, []);
  assertEquals(
    reason,
    "small has no place for the store that its 3 replicas share: " +
      "put {store} into command or env of its subject file",
  );
});

Deno.test("a subject file's replicas share a store in every scenario", () => {
  const [{ reason }] = notRunnable([needing({})], { ...METRICS_SERVER, replicas: 2 }, {
    isOnPath: () => false,
  });
  assert(reason.includes("redis-server"), reason);
});

for (const command of ["run needing", "all"]) {
  Deno.test(`${command} exits with 64 if no scenario can run, before any start`, async () => {
    const { system, errors } = fakeSystem();
    const known = { all: [WITH_STORE], ci: [WITH_STORE] };
    assertEquals(await runCommandLine(command.split(" "), system, known), 64);
    assertEquals(errors, [
      "needing: no redis-server or valkey-server on PATH: apt-get install redis-server",
    ]);
  });
}

Deno.test("junit.xml reports a scenario that was not run as an error", () => {
  const xml = notRunJUnit({ scenario: WITH_STORE, reason: "no redis-server on PATH" });
  assert(xml.includes('errors="1"') && xml.includes("not run: no redis-server on PATH"), xml);
});
