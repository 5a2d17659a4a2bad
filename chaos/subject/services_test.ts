import { assertEquals, assertRejects } from "@std/assert";
import { fetchRaw } from "../../tools/http/mod.ts";
import { freePort } from "../../tools/processes/mod.ts";
import { readStatsAnswer, readValueAnswer, type ToldValue } from "./read_answer.ts";
import { METRICS_SERVER, startDataServer, startSubject } from "./services.ts";
import { type Subject, valuePath } from "./subject.ts";
import { readSubjectFile } from "./subject_file.ts";

const SETTINGS = {
  poll_ms: 100,
  poll_timeout_ms: 500,
  backoff_max_ms: 500,
  data_interval_ms: 1_000,
  switches: 4,
  data_env: {},
  subject_env: {},
};
const SMALL_CACHE = await readSubjectFile(
  `${import.meta.dirname}/testing/small_cache.json`,
);

/** The value the subject tells first. */
async function firstValue(subject: Subject, host: string): Promise<ToldValue> {
  const path = valuePath(subject, "sw-001", "packet_errors");
  for (let tries = 1;; tries++) {
    const answer = await fetchRaw({ host, path });
    if (answer.status === 200) return readValueAnswer(subject, answer);
    if (tries === 200) throw new Error(`${subject.name}: still ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (const subject of [METRICS_SERVER, SMALL_CACHE]) {
  Deno.test(`${subject.name} is started beside a source, and tells what the source says`, async () => {
    await using source = await startDataServer({ settings: SETTINGS, seed: 1 });
    const upstream = source.url.slice("http://".length);
    await using cache = await startSubject({ subject, upstream, settings: SETTINGS });
    const told = await firstValue(subject, cache.url.slice("http://".length));
    const { body } = await fetchRaw({ host: upstream, path: "/counters" });
    const [header, ...rows] = new TextDecoder().decode(body).split("\n");
    const column = header.split(",").indexOf("packet_errors");
    const truth = rows.find((row) => row.startsWith("sw-001,"))!.split(",")[column];
    // The source may have gone on meanwhile; its counters never go back.
    assertEquals(told.value !== null && BigInt(told.value) <= BigInt(truth), true);
    assertEquals(told.age_ms !== null && told.age_ms >= 0 && told.age_ms < 20_000, true);
  });
}

Deno.test("metrics_server is ready for its probes without a source, and its poller's failures can be read", async () => {
  await using cache = await startSubject({
    upstream: `127.0.0.1:${freePort()}`,
    settings: SETTINGS,
  });
  const host = cache.url.slice("http://".length);
  for (let tries = 1;; tries++) {
    const stats = readStatsAnswer(METRICS_SERVER, await fetchRaw({ host, path: "/stats" }));
    if (stats.failures_by_cause.refused >= 1 && stats.polls !== null) break;
    if (tries === 200) throw new Error(`no failed poll: ${JSON.stringify(stats)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

Deno.test("a data interval that data_server cannot have is refused", async () => {
  await assertRejects(
    () => startDataServer({ settings: { ...SETTINGS, data_interval_ms: 1_500 }, seed: 1 }),
    Error,
    "data_interval_ms=1500: must be whole seconds, at least 1000 ms",
  );
});
