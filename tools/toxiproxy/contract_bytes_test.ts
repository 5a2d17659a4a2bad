/** Bytes pass in order, each once, while toxics are added, changed and removed in mid-stream. */
import { assertEquals } from "@std/assert";
import { pause } from "../verdict/mod.ts";
import type { NewToxic, ToxiproxyClient } from "./client.ts";
import { type Engine, onBoth, startEngine } from "./testing/stand.ts";
import { writeAll } from "./testing/upstream.ts";

const STREAM_BYTES = 24_000_000;
const PIECE_BYTES = 40_000;
const CYCLES_MAX = 40;
/** Longest wait for bytes; lost ones never come, and the streams are then ended. */
const STREAM_MS_MAX = 30_000;

/** The byte at a position of the stream; it repeats after 16 MiB. */
function byteAt(position: number): number {
  return (position ^ (position >>> 8) ^ (position >>> 16)) & 255;
}

async function sendStream(connection: Deno.TcpConn): Promise<void> {
  const piece = new Uint8Array(PIECE_BYTES);
  for (let sent = 0; sent < STREAM_BYTES; sent += PIECE_BYTES) {
    for (let at = 0; at < PIECE_BYTES; at++) piece[at] = byteAt(sent + at);
    await writeAll(connection, piece);
  }
}

/** `complete`, or the first position that differs from what was sent. */
async function checkStream(connection: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(65_536);
  for (let position = 0; position < STREAM_BYTES;) {
    const count = await connection.read(buffer);
    if (count === null) return `ends at ${position}`;
    for (let at = 0; at < count; at++, position++) {
      if (buffer[at] !== byteAt(position)) return `differs at ${position}`;
    }
  }
  return "complete";
}

const TOXICS: readonly NewToxic[] = [
  { name: "late", type: "latency", attributes: { latency: 5, jitter: 5 } },
  { name: "narrow", type: "bandwidth", attributes: { rate: 40_000 } },
  { name: "cut", type: "slicer", attributes: { average_size: 900, size_variation: 900, delay: 1 } },
  { name: "half", type: "latency", toxicity: 0.5, attributes: { latency: 1 } },
];

/** Adds, changes and removes toxics in both directions until the streams have ended. */
async function disturb(api: ToxiproxyClient, hasEnded: () => boolean): Promise<number> {
  const streams = ["upstream", "downstream"] as const;
  let cycles = 0;
  while (!hasEnded() && cycles++ < CYCLES_MAX) {
    for (const toxic of TOXICS) {
      for (const stream of streams) {
        await api.addToxic("p", { ...toxic, name: `${toxic.name}_${stream}`, stream });
      }
      await pause(5);
    }
    for (const stream of streams) {
      await api.updateToxic("p", `late_${stream}`, { attributes: { latency: 2 } });
      await api.updateToxic("p", `narrow_${stream}`, { attributes: { rate: 90_000 } });
      await api.updateToxic("p", `half_${stream}`, { toxicity: 0.9 });
    }
    await pause(5);
    for (const { name } of TOXICS) {
      for (const stream of streams) await api.removeToxic("p", `${name}_${stream}`);
    }
  }
  return cycles;
}

async function exchange(engine: Engine): Promise<unknown> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using running = await startEngine(engine);
  const api = running.client.within(20_000);
  const upstream = `127.0.0.1:${listener.addr.port}`;
  const { listen } = await api.create({ name: "p", listen: "127.0.0.1:0", upstream });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: Number(listen.split(":")[1]) });
  using server = await listener.accept();
  let has_ended = false;
  const timer = setTimeout(() => void client.closeWrite(), STREAM_MS_MAX);
  const disturbing = disturb(api, () => has_ended);
  const ends = [client, server];
  const [, , ...checked] = await Promise.all([...ends.map(sendStream), ...ends.map(checkStream)]);
  clearTimeout(timer);
  has_ended = true;
  return { checked, is_disturbed: await disturbing > 0 };
}

onBoth(
  "changing toxics loses, doubles and reorders no byte in either direction",
  async (engine) => {
    const complete = { checked: ["complete", "complete"], is_disturbed: true };
    assertEquals(await exchange(engine), complete);
  },
);
