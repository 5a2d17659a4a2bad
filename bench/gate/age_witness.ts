/** Looks at a server and its source a few times a second, from start to stop. */
import { HEADER_DATA_AGE_MS, HEADER_SNAPSHOT_TS, idOfEtag } from "../../contracts/mod.ts";
import type { DenoProcess, SourceCounts } from "../rig/mod.ts";
import { fetchJson, fetchRaw, type RawAnswer } from "../../tools/http/mod.ts";
import type { AgeRecord, AgeSample } from "./age_truth.ts";

/** Pause between two looks, in milliseconds. */
const LOOK_EVERY_MS = 100;

/** Looks kept; beyond, the witness stops looking: 30 minutes. */
const SAMPLES_MAX = 18_000;

/** Failures kept. */
const FAILURES_MAX = 1_000;

/** A snapshot as its source has it. */
export interface SourceMark {
  snapshot_id: string;
  epoch_ms: number;
}

/** Asks a source for its present snapshot; null where it has none. */
export type AskSource = () => Promise<SourceMark | null>;

/** data_server: a HEAD of the counters. */
export function askDataServer(source: DenoProcess): AskSource {
  return async () => {
    const answer = await fetchRaw({ host: source.host, path: "/counters", method: "HEAD" });
    const snapshot_id = idOfEtag(headerOf(answer, "etag"));
    const epoch_ms = numberOf(headerOf(answer, HEADER_SNAPSHOT_TS));
    return snapshot_id === null ? null : { snapshot_id, epoch_ms };
  };
}

/** The source that refreshes: asking for its counters would refresh it. */
export function askRefreshSource(source: DenoProcess): AskSource {
  return async () => (await fetchJson<SourceCounts>(source.host, "/sent")).last;
}

/** A witness at work. */
export interface AgeWitness {
  /** Ends it, once; every call gives what was seen. */
  stop(): Promise<AgeRecord>;
}

/** Starts to look at one answer of GetMetric and at the source, in turn. */
export function startAgeWitness(
  server: DenoProcess,
  path: string,
  askSource: AskSource,
): AgeWitness {
  const samples: AgeSample[] = [];
  const snapshots = new Map<string, number>();
  const failures: string[] = [];
  const stop = Promise.withResolvers<void>();
  let stopped = false;

  async function lookAtSource(): Promise<void> {
    const mark = await askSource();
    if (mark !== null) snapshots.set(mark.snapshot_id, mark.epoch_ms);
  }

  async function lookAtServer(): Promise<void> {
    const asked_epoch_ms = Date.now();
    try {
      const answer = await fetchRaw({ host: server.host, path });
      samples.push(readAge(answer, asked_epoch_ms, Date.now()));
    } catch (error) {
      if (failures.length < FAILURES_MAX) failures.push((error as Error).message);
    }
  }

  async function look(): Promise<void> {
    while (!stopped && samples.length < SAMPLES_MAX) {
      await lookAtSource().catch(() => {}); // its end shows in the rounds; a snapshot lasts longer
      await lookAtServer();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const pause = new Promise<void>((resolve) => timer = setTimeout(resolve, LOOK_EVERY_MS));
      await Promise.race([pause, stop.promise]);
      clearTimeout(timer);
    }
  }

  const looking = look();

  async function end(): Promise<AgeRecord> {
    stopped = true;
    stop.resolve();
    await looking;
    await lookAtSource().catch(() => {});
    return { samples, snapshots, failures };
  }

  let record: Promise<AgeRecord> | null = null;
  return { stop: () => record ??= end() };
}

/**
 * The age and the snapshot an answer of GetMetric tells.
 *
 * @throws {Error} where it is no 200 of GetMetric.
 */
export function readAge(
  answer: RawAnswer,
  asked_epoch_ms: number,
  answered_epoch_ms: number,
): AgeSample {
  if (answer.status !== 200) throw new Error(`GetMetric answered ${answer.status}`);
  const { snapshot_id, age_ms } = JSON.parse(new TextDecoder().decode(answer.body));
  const told_ms = [numberOf(headerOf(answer, HEADER_DATA_AGE_MS)), Number(age_ms ?? NaN)];
  return { asked_epoch_ms, answered_epoch_ms, snapshot_id: String(snapshot_id), told_ms };
}

function headerOf({ headers }: RawAnswer, wanted: string): string | null {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null;
}

function numberOf(text: string | null): number {
  return text === null || text === "" ? NaN : Number(text);
}
