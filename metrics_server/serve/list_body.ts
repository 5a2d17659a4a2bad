/** Body of ListMetrics: a short head that tells the age, and the prepared rest. */
import type { HeldSource } from "../store.ts";

/** Longest rest that each serving thread copies out of shared memory once a snapshot. */
export const LIST_COPY_BYTES_MAX = 1024 * 1024;

/** Bytes copied at a time where the rest is longer. 64 KiB take about 10 µs. */
export const LIST_CHUNK_BYTES = 64 * 1024;

const encoder = new TextEncoder();

/** What is listed: the snapshots of all sources that delivered, taken together. */
export interface ListView {
  readonly id: string;
  /** Time of the oldest snapshot in it. */
  readonly taken_ms: number;
  /** URLs of sources that are not in it. */
  readonly missing: readonly string[];
}

/** What the sources hold, as one list. */
export function viewOf(sources: readonly HeldSource[], missing: readonly string[]): ListView {
  const snapshots = sources.map(({ snapshot }) => snapshot!.data);
  return {
    id: snapshots.map(({ id }) => id).join("+"),
    taken_ms: Math.min(...snapshots.map(({ taken_ms }) => taken_ms)),
    missing,
  };
}

/** `{"snapshot_id":…,"age_ms":…`: all that changes between two answers of one snapshot. */
export function listHead({ id }: ListView, age_ms: number): Uint8Array {
  return encoder.encode(`{"snapshot_id":${JSON.stringify(id)},"age_ms":${age_ms}`);
}

/** The parts that follow the head: fields, items, end. All items must have been prepared. */
export function listRest(
  sources: readonly HeldSource[],
  missing: readonly string[],
): Uint8Array[] {
  const fields = new Set(sources.flatMap(({ snapshot }) => snapshot!.metrics()));
  // A list that lacks a source says so: silence would pass for "no such switch".
  const lacking = missing.length > 0 ? `,"missing_sources":${JSON.stringify(missing)}` : "";
  const parts: Uint8Array[] = [
    encoder.encode(`${lacking},"fields":${JSON.stringify([...fields])},"items":[`),
  ];
  sources.forEach(({ items }, index) => {
    if (index > 0) parts.push(encoder.encode(","));
    parts.push(items!);
  });
  parts.push(encoder.encode("]}"));
  return parts;
}

/** Bytes of some parts together. */
export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** Copies of the parts' bytes, {@link LIST_CHUNK_BYTES} at a time. */
export function* chunksOf(parts: readonly Uint8Array[]): Generator<Uint8Array<ArrayBuffer>> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += LIST_CHUNK_BYTES) {
      yield new Uint8Array(part.subarray(at, at + LIST_CHUNK_BYTES));
    }
  }
}
