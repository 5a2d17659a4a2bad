/** Requests that a source gets from one replica and from several. */
import { judge, pause } from "../../../tools/verdict/mod.ts";
import { type Outcome, SOURCE_REQUESTS_RATIO_MAX } from "../../rig/mod.ts";
import type { Measuring } from "./options.ts";
import { ReplicaSet } from "./replica_set.ts";

const COUNTS = [1, 3, 8];
const POLL_MS = 200;
const SECONDS = 30;
const SECONDS_QUICK = 10;

export async function measureSourceRequests(
  { quick, onProgress }: Measuring,
): Promise<Outcome> {
  const seconds = quick ? SECONDS_QUICK : SECONDS;
  const env = { POLL_MS: String(POLL_MS) };
  await using set = await ReplicaSet.start({ switches: 64, fields: 3, env }, 0);
  const per_minute: number[] = [];
  for (const count of COUNTS) {
    onProgress(`requests: ${count} replicas`);
    if (count === 1) await set.add();
    const from_ms = performance.now();
    const { requests } = await set.sent();
    while (set.replicas.length < count) await set.add(); // a start that polls would count
    await pause(seconds * 1000);
    const sent = (await set.sent()).requests - requests;
    per_minute.push(sent / (performance.now() - from_ms) * 60_000);
  }
  const [one, ...several] = per_minute;
  const checks = several.map((rate, at) =>
    judge({
      figure: "requests",
      name: `requests to the source, ${COUNTS[at + 1]} replicas to one`,
      unit: "×",
      samples: [rate / one],
      relation: "≤",
      bound: SOURCE_REQUESTS_RATIO_MAX,
    })
  );
  const rates = per_minute.map((rate, at) => `${rate.toFixed(1)} with ${COUNTS[at]}`).join(", ");
  const note = `requests: each minute, POLL_MS=${POLL_MS}, over ${seconds} s: ${rates}`;
  return { contenders: [], checks, notes: [note] };
}
