import { assertEquals, assertThrows } from "@std/assert";
import { ActiveFaults, TooManyFaults } from "./active_faults.ts";
import { readFault } from "./fault_kinds.ts";

const HTML = readFault("http.html", {});

/** Faults in virtual time. */
function faultsAt() {
  let now_ms = 0;
  const due: { at_ms: number; work: () => void }[] = [];
  const faults = new ActiveFaults({
    now: () => now_ms,
    after(delay_ms, work) {
      const entry = { at_ms: now_ms + delay_ms, work };
      due.push(entry);
      return () => void due.splice(due.indexOf(entry), 1);
    },
    randomOf: () => () => 0,
  });
  const passTo = (to_ms: number) => {
    now_ms = to_ms;
    for (const entry of due.filter(({ at_ms }) => at_ms <= to_ms)) {
      due.splice(due.indexOf(entry), 1);
      entry.work();
    }
  };
  return { faults, passTo, due };
}

function ids(faults: ActiveFaults): string[] {
  return faults.list().map(({ id }) => id);
}

Deno.test("a fault expires by itself and is listed as fallen", () => {
  const { faults, passTo } = faultsAt();
  faults.put("a", HTML, 1_000);
  const { lifted } = faults.list()[0];
  passTo(999);
  assertEquals([ids(faults), lifted.aborted], [["a"], false]);
  passTo(1_000);
  assertEquals([ids(faults), lifted.aborted, faults.fallen()], [[], true, ["a"]]);
});

Deno.test("the expiry of a lifted fault does not affect a later fault of the same id", () => {
  const { faults, passTo, due } = faultsAt();
  faults.put("a", HTML, 1_000);
  assertEquals(faults.lift("a"), true);
  faults.put("a", HTML, 5_000);
  passTo(2_000);
  assertEquals([ids(faults), faults.fallen(), due.length], [["a"], [], 1]);
});

Deno.test("hits survive the lift, and lifting twice does nothing", () => {
  const { faults } = faultsAt();
  faults.put("a", HTML, null);
  faults.hit("a");
  faults.lift("a");
  assertEquals(faults.lift("a"), false);
  assertEquals(faults.hits(), { a: 1 });
});

Deno.test("reset lifts all faults and leaves no timer behind", () => {
  const { faults, due } = faultsAt();
  faults.put("a", HTML, 1_000);
  faults.put("b", HTML, null);
  faults.reset();
  assertEquals([ids(faults), due.length], [[], 0]);
});

Deno.test("put rejects more than 32 faults", () => {
  const { faults } = faultsAt();
  for (let i = 0; i < 32; i++) faults.put(`${i}`, HTML, null);
  assertThrows(() => faults.put("x", HTML, null), TooManyFaults, `at most 32`);
  faults.put("0", HTML, null); // in place of itself
});
