import { assertEquals } from "@std/assert";
import { StdoutMeter } from "./stdout_meter.ts";

Deno.test("StdoutMeter reads a child's stdout to the last byte and counts its lines", async () => {
  const lines = 50_000;
  const text = "x".repeat(99) + "\\n";
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const bytes = new TextEncoder().encode("${text}".repeat(${lines}));
       for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));`,
    ],
    stdout: "piped",
  }).spawn();
  const meter = new StdoutMeter(child.stdout);
  await child.status;
  await meter.finished;
  assertEquals([meter.lines, meter.bytes], [lines, lines * 100]);
});
