/** How long after the leader its followers serve each snapshot. */
import { percentile } from "../../../platform/mod.ts";
import {
  disturbed,
  judge,
  pause,
  percent,
  startForeignLoad,
  wholeNumber,
} from "../../../tools/verdict/mod.ts";
import {
  joined,
  type Outcome,
  REFRESH_EVERY_MS,
  REFRESH_POLL_MS,
  SKEW_LARGE_P99_MS_MAX,
  SKEW_SMALL_P99_MS_MAX,
} from "../../rig/mod.ts";
import type { Measuring } from "./options.ts";
import { type Replica, ReplicaSet } from "./replica_set.ts";

const REPLICAS = 3;
const SECONDS = 60;
const SECONDS_QUICK = 16;

interface Size {
  readonly name: string;
  readonly switches: number;
  readonly fields: number;
  readonly poll_ms: number;
  readonly every_ms: number;
  /** Time until V8 has compiled what a refresh runs. */
  readonly warmup_ms: number;
  readonly bound: number;
}

const SIZES: readonly Size[] = [
  {
    name: "64 × 3, new 4 times a second",
    switches: 64,
    fields: 3,
    poll_ms: 250,
    every_ms: 0,
    warmup_ms: 3_000,
    bound: SKEW_SMALL_P99_MS_MAX,
  },
  {
    name: "100,000 × 30, new every 2 s",
    switches: 100_000,
    fields: 30,
    poll_ms: REFRESH_POLL_MS,
    every_ms: REFRESH_EVERY_MS,
    warmup_ms: 15_000,
    bound: SKEW_LARGE_P99_MS_MAX,
  },
];

export async function measureSkew(measuring: Measuring): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const size of SIZES) outcomes.push(await measureSize(size, measuring));
  return joined(outcomes);
}

async function measureSize(size: Size, { quick, onProgress }: Measuring): Promise<Outcome> {
  const { name, switches, fields, poll_ms, every_ms, warmup_ms, bound } = size;
  onProgress(`skew: ${name}`);
  const env = { POLL_MS: String(poll_ms) };
  await using set = await ReplicaSet.start({ switches, fields, env }, REPLICAS);
  const [leader, followers] = await set.roles();
  await pause(warmup_ms);
  await set.refreshEvery(every_ms);
  await pause(every_ms);
  const from_ms = Date.now();
  const foreignShare = startForeignLoad();
  await pause((quick ? SECONDS_QUICK : SECONDS) * 1000);
  const foreign_share = foreignShare();
  const until_ms = Date.now();
  await pause(bound); // the last snapshot is still on its way
  const { skews_ms, missed, snapshots } = skewsOf(leader, followers, from_ms, until_ms);
  const [p50, p99, max] = [50, 99, 100].map((p) =>
    percentile(skews_ms.toSorted((a, b) => a - b), p)
  );
  const check = judge({
    figure: "skew",
    name: `${name}: a follower after the leader, p99`,
    unit: "ms",
    samples: [p99],
    relation: "≤",
    bound,
    doubts: disturbed(foreign_share),
    noise_only_hurts: true,
  });
  const ms = [p50, p99, max].map(wholeNumber);
  const note = `skew, ${name}: ${snapshots} snapshots on ${followers.length} followers, ` +
    `p50 ${ms[0]}, p99 ${ms[1]}, max ${ms[2]} ms; ${missed} were superseded on the way; ` +
    `other programs took ${percent(foreign_share)} of the machine`;
  return { contenders: [], checks: [check], notes: [note] };
}

/** Skew of each follower for each snapshot that the leader first served between two instants. */
export function skewsOf(
  leader: Pick<Replica, "served">,
  followers: readonly Pick<Replica, "served">[],
  from_ms: number,
  until_ms: number,
): { skews_ms: number[]; missed: number; snapshots: number } {
  const skews_ms: number[] = [];
  let missed = 0, snapshots = 0;
  for (const [id, { epoch_ms }] of leader.served) {
    if (epoch_ms < from_ms || epoch_ms > until_ms) continue;
    snapshots++;
    for (const { served } of followers) {
      const follower = served.get(id);
      if (follower === undefined) missed++;
      else skews_ms.push(follower.epoch_ms - epoch_ms);
    }
  }
  return { skews_ms, missed, snapshots };
}
