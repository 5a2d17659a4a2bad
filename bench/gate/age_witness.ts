/** Requests a server and its source several times per second and records the reported ages. */
import { HEADER_DATA_AGE_MS, HEADER_SNAPSHOT_TS, idOfEtag } from "../../contracts/mod.ts";
import { fetchJson, fetchRaw, type RawAnswer } from "../../tools/http/mod.ts";
import { pause } from "../../tools/verdict/mod.ts";
import type { DenoProcess, SourceCounts } from "../rig/mod.ts";
import type { AgeRecord, AgeSample } from "./age_truth.ts";

const LOOK_EVERY_MS = 100;
/** Samples kept, 30 minutes; the witness then stops. */
const SAMPLES_MAX = 18_000;
const FAILURES_MAX = 1_000;

/** Reads the source's current snapshot, and earlier ones if it remembers them. */
type ReadSource = () => Promise<readonly { snapshot_id: string; epoch_ms: number }[]>;

/** data_server: HEAD of the counters. */
export function dataServerReader(source: DenoProcess): ReadSource {
  return async () => {
    const answer = await fetchRaw({ host: source.host, path: "/counters", method: "HEAD" });
    const snapshot_id = idOfEtag(headerOf(answer, "etag"));
    const epoch_ms = numberOf(headerOf(answer, HEADER_SNAPSHOT_TS));
    return snapshot_id === null ? [] : [{ snapshot_id, epoch_ms }];
  };
}

/** The refreshing source: its counters endpoint would refresh it. */
export function refreshSourceReader(source: DenoProcess): ReadSource {
  return async () => (await fetchJson<SourceCounts>(source.host, "/sent")).recent;
}

/** Records GetMetric and the source's snapshot in turn; every `stop` returns the same record. */
export function startAgeWitness(
  server: DenoProcess,
  path: string,
  readSource: ReadSource,
): { stop(): Promise<AgeRecord> } {
  const samples: AgeSample[] = [];
  const snapshots = new Map<string, number>();
  const failures: string[] = [], refusals: string[] = [];
  const stop = new AbortController();

  async function lookAtSource(): Promise<void> {
    // A failing source shows in the rounds; a snapshot outlives a failed read.
    const marks = await readSource().catch(() => []);
    for (const { snapshot_id, epoch_ms } of marks) snapshots.set(snapshot_id, epoch_ms);
  }

  async function lookAtServer(): Promise<void> {
    const sent_epoch_ms = Date.now();
    try {
      const answer = await fetchRaw({ host: server.host, path });
      if (answer.status !== 200) {
        if (refusals.length < FAILURES_MAX) refusals.push(`status ${answer.status}`);
        return;
      }
      samples.push(readAge(answer, sent_epoch_ms, Date.now()));
    } catch (error) {
      if (failures.length < FAILURES_MAX) failures.push((error as Error).message);
    }
  }

  async function look(): Promise<AgeRecord> {
    while (!stop.signal.aborted && samples.length < SAMPLES_MAX) {
      await lookAtSource();
      await lookAtServer();
      await pause(LOOK_EVERY_MS, stop.signal);
    }
    await lookAtSource();
    return { samples, snapshots, failures, refusals };
  }

  const record = look();
  return {
    stop() {
      stop.abort();
      return record;
    },
  };
}

/** Age and snapshot of a GetMetric response. */
function readAge(
  answer: RawAnswer,
  sent_epoch_ms: number,
  received_epoch_ms: number,
): AgeSample {
  const { snapshot_id, age_ms } = JSON.parse(new TextDecoder().decode(answer.body));
  const reported_ms = [numberOf(headerOf(answer, HEADER_DATA_AGE_MS)), Number(age_ms ?? NaN)];
  return { sent_epoch_ms, received_epoch_ms, snapshot_id: String(snapshot_id), reported_ms };
}

function headerOf({ headers }: RawAnswer, wanted: string): string | null {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
}

function numberOf(text: string | null): number {
  return text === null || text === "" ? NaN : Number(text);
}
