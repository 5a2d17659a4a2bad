import { assertEquals } from "@std/assert";
import { readableLine, ReadableLog } from "./readable_log.ts";

const START = {
  ts: "2026-11-30T19:04:07.123Z",
  level: "INFO",
  service: "metrics_server",
  event: "startup",
  url: "http://127.0.0.1:8080",
  port: 8080,
  config: { POLL_MS: 1500 },
};
const TICK = { ...START, service: "data_server", event: "gen.tick", url: undefined, tick_ms: 0.4 };

Deno.test("readableLine shows time, service, event and fields, without the configuration", () => {
  assertEquals(
    readableLine(JSON.stringify(START)),
    "19:04:07 metrics_server startup url=http://127.0.0.1:8080 port=8080",
  );
});

Deno.test("readableLine names the replica and a level other than INFO, in its color", () => {
  const event = { ...TICK, level: "WARN", instance: "m1", port: undefined };
  const text = "19:04:07 WARN data_server m1 gen.tick tick_ms=0.4";
  assertEquals(readableLine(JSON.stringify(event)), text);
  assertEquals(readableLine(JSON.stringify(event), true), `\x1b[33m${text}\x1b[0m`);
});

Deno.test("readableLine quotes texts with spaces, cuts long ones and escapes controls", () => {
  const event = { ...TICK, port: undefined, tick_ms: undefined, detail: "a b", more: "x\x1b[2J" };
  assertEquals(
    readableLine(JSON.stringify({ ...event, long: "y".repeat(99) })),
    `19:04:07 data_server gen.tick detail="a b" more=x\\u{1b}[2J long=${"y".repeat(80)}…`,
  );
  assertEquals(readableLine("no event \x1b[2J"), "no event \\u{1b}[2J");
});

function log(dashboard_of?: string) {
  const written: string[] = [];
  const write = (bytes: Uint8Array) => {
    written.push(...new TextDecoder().decode(bytes).trimEnd().split("\n"));
    return Promise.resolve();
  };
  const readable = new ReadableLog({ write, is_colored: false, dashboard_of });
  const add = (...events: unknown[]) => {
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
    return readable.add(new TextEncoder().encode(lines));
  };
  return { readable, add, written };
}

Deno.test("the dashboard's address is the first line, before earlier events", async () => {
  const { add, written } = log("metrics_server");
  await add(TICK);
  assertEquals(written, []);
  await add(START);
  await add(TICK);
  assertEquals(written.map((line) => line.split(" ").slice(0, 3).join(" ")), [
    "Dashboard: http://127.0.0.1:8080/",
    "19:04:07 data_server gen.tick",
    "19:04:07 metrics_server startup",
    "19:04:07 data_server gen.tick",
  ]);
});

Deno.test("lines are held back up to a limit, until flush, or not without a dashboard", async () => {
  const endless = log("metrics_server");
  for (let n = 0; n < 200; n++) await endless.add(TICK);
  assertEquals(endless.written.length, 200);
  const ended = log("metrics_server");
  await ended.add(TICK);
  await ended.readable.flush();
  assertEquals(ended.written.length, 1);
  const plain = log();
  await plain.add(TICK);
  assertEquals(plain.written.length, 1);
});
