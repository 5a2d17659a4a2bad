import { assertEquals } from "@std/assert";
import { flapAt, startFlap } from "./tcp_faults.ts";

Deno.test("flapAt is down at phase 0 and changes on time", () => {
  const times = { up_ms: 300, down_ms: 100, phase_ms: 0 };
  assertEquals(flapAt(times, 0), { is_down: true, left_ms: 100 });
  assertEquals(flapAt(times, 99), { is_down: true, left_ms: 1 });
  assertEquals(flapAt(times, 100), { is_down: false, left_ms: 300 });
  assertEquals(flapAt(times, 400), { is_down: true, left_ms: 100 });
});

Deno.test("flapAt starts at the phase within the cycle", () => {
  const times = { up_ms: 300, down_ms: 100, phase_ms: 350 };
  assertEquals(flapAt(times, 0), { is_down: false, left_ms: 50 });
  assertEquals(flapAt(times, 50), { is_down: true, left_ms: 100 });
});

Deno.test("startFlap follows the clock despite late timers, until it is stopped", () => {
  let now_ms = 0;
  let due: { at_ms: number; callback: () => void } | null = null;
  const turns: [number, boolean][] = [];
  const stop = startFlap({ up_ms: 100, down_ms: 100, phase_ms: 0 }, {
    now_ms: () => now_ms,
    after(delay_ms, callback) {
      due = { at_ms: now_ms + delay_ms, callback };
      return () => due = null;
    },
  }, (is_down) => turns.push([now_ms, is_down]));
  const late_ms = 7;
  for (let turn = 0; turn < 3; turn++) {
    const { at_ms, callback } = due!;
    now_ms = at_ms + late_ms;
    callback();
  }
  assertEquals(turns, [[0, true], [107, false], [207, true], [307, false]]);
  stop();
  assertEquals(due, null);
});
