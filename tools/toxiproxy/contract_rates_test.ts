/**
 * Rates and cuts of the embedded server as ratios to the real one's. The two take turns in one run,
 * so a busy machine slows both.
 */
import { assert } from "@std/assert";
import type { NewToxic } from "./client.ts";
import { eventually } from "./testing/client.ts";
import { isMissing, type Stand, startStand } from "./testing/stand.ts";

/** One good round is enough: other programs disturb some. */
const ROUNDS_MAX = 6;
const RATIO_MIN = 0.95;

interface Transfer {
  readonly kb_per_s: number;
  readonly reads: number;
}

async function transfer(stand: Stand, bytes: number): Promise<Transfer> {
  const start_ms = performance.now();
  using client = await stand.connect();
  assert(
    await eventually(() => client.bytes >= bytes, 30_000),
    `${client.bytes} of ${bytes} bytes`,
  );
  const kb_per_s = bytes / (client.arrivals.at(-1)!.at_ms - start_ms);
  return { kb_per_s, reads: client.arrivals.length };
}

/** Compares round by round until they are alike; fails with all rounds if they never are. */
async function compare(
  toxic: NewToxic,
  bytes: number,
  isAlike: (embedded: Transfer, real: Transfer) => boolean,
): Promise<void> {
  await using real = await startStand("real", { send_bytes: bytes });
  await using embedded = await startStand("embedded", { send_bytes: bytes });
  for (const stand of [real, embedded]) await stand.add(toxic);
  const rounds: string[] = [];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const there = await transfer(real, bytes);
    const here = await transfer(embedded, bytes);
    if (isAlike(here, there)) return;
    rounds.push(`${JSON.stringify(here)} beside ${JSON.stringify(there)}`);
  }
  assert(false, rounds.join("; "));
}

for (const rate of [1_000, 10_000, 100_000]) {
  Deno.test({
    name: `bandwidth ${rate} passes what it passes in the real server, and no more than its rate`,
    ignore: isMissing("real"),
    fn: () =>
      compare(
        { type: "bandwidth", attributes: { rate } },
        rate * 300,
        (here, there) =>
          here.kb_per_s <= rate * 1.02 && here.kb_per_s >= there.kb_per_s * RATIO_MIN,
      ),
  });
}

Deno.test({
  name: "a slicer's pieces come one by one, as often as in the real server",
  ignore: isMissing("real"),
  fn: () =>
    compare(
      { type: "slicer", attributes: { average_size: 100, size_variation: 20, delay: 300 } },
      20_000,
      (here, there) => here.reads >= there.reads * 0.9,
    ),
});
