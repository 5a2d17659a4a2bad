import { assertEquals } from "@std/assert";
import { startupIn } from "./startup_event.ts";

const EVENT = '{"ts":"t","level":"INFO","event":"startup","url":"http://0.0.0.0:1","port":1}';

const CASES: [promise: string, lines: string, want: { url: string; port: number } | null][] = [
  ["finds the event among others", `{"event":"gen.tick"}\n${EVENT}\n{"event":"x"}\n`, {
    url: "http://0.0.0.0:1",
    port: 1,
  }],
  ["gives null where it is not there", '{"event":"gen.tick"}\n', null],
  ["takes no other event that quotes it", '{"event":"x","s":"\\"event\\":\\"startup\\""}\n', null],
  ["takes no line that is not JSON", 'oops "event":"startup"\n', null],
  ["takes no startup without a port", '{"event":"startup","url":"http://h"}\n', null],
];

for (const [promise, lines, want] of CASES) {
  Deno.test(`startupIn ${promise}`, () => assertEquals(startupIn(lines), want));
}
