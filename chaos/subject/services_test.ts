import { assertEquals, assertRejects } from "@std/assert";
import { fetchRaw } from "../../tools/http/mod.ts";
import { freePort } from "../../tools/processes/mod.ts";
import { until } from "../../tools/verdict/mod.ts";
import { readStatsAnswer, readValueAnswer, type ValueReading } from "./read_answer.ts";
import { METRICS_SERVER, startDataServer, startSubject } from "./services.ts";
import { type Subject, valuePath } from "./subject.ts";
import { readSubjectFile } from "./subject_file.ts";

const SETTINGS = {
  poll_ms: 100,
  poll_timeout_ms: 500,
  backoff_max_ms: 500,
  lease_ms: 500,
  data_interval_ms: 1_000,
  switches: 4,
  data_env: {},
  subject_env: {},
};
const SMALL_CACHE = await readSubjectFile(
  `${import.meta.dirname}/testing/small_cache.json`,
);

/** The first value the subject serves. */
async function firstValue(subject: Subject, host: string): Promise<ValueReading> {
  const [switch_id, metric] = ["sw-001", "packet_errors"];
  const path = valuePath(subject, switch_id, metric);
  return await until(`a value of ${subject.name}`, async () => {
    const answer = await fetchRaw({ host, path });
    return answer.status === 200 &&
      readValueAnswer(subject, answer, { switch_id, metric, at_ms: Date.now() });
  });
}

for (const subject of [METRICS_SERVER, SMALL_CACHE]) {
  Deno.test(`${subject.name} serves the values of its source`, async () => {
    await using source = await startDataServer({ settings: SETTINGS, seed: 1 });
    const upstream = source.url.slice("http://".length);
    await using cache = await startSubject({ subject, upstream, settings: SETTINGS });
    const reading = await firstValue(subject, cache.url.slice("http://".length));
    const { body } = await fetchRaw({ host: upstream, path: "/counters" });
    const [header, ...rows] = new TextDecoder().decode(body).split("\n");
    const column = header.split(",").indexOf("packet_errors");
    const truth = rows.find((row) => row.startsWith("sw-001,"))!.split(",")[column];
    // The source may have advanced, and its counters never decrease.
    assertEquals(reading.value !== null && BigInt(reading.value) <= BigInt(truth), true);
    assertEquals(reading.age_ms !== null && reading.age_ms >= 0 && reading.age_ms < 20_000, true);
  });
}

Deno.test("metrics_server reports poll failures without a source", async () => {
  await using cache = await startSubject({
    upstream: `127.0.0.1:${freePort()}`,
    settings: SETTINGS,
  });
  const host = cache.url.slice("http://".length);
  await until("a failed poll", async () => {
    const stats = readStatsAnswer(METRICS_SERVER, await fetchRaw({ host, path: "/stats" }));
    return stats.failures_by_cause.refused >= 1 && stats.polls !== null;
  });
});

Deno.test("startDataServer rejects a data interval of 1.5 s", async () => {
  await assertRejects(
    () => startDataServer({ settings: { ...SETTINGS, data_interval_ms: 1_500 }, seed: 1 }),
    Error,
    "data_interval_ms=1500: must be whole seconds, at least 1000 ms",
  );
});
