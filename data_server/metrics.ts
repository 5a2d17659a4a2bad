/** Metric families of `/metrics`. */
import {
  type Family,
  processFamilies,
  type ProcessFigures,
  type RequestDurations,
  requestFamilies,
} from "../platform/mod.ts";
import type { SnapshotStore } from "./snapshot_store.ts";

const PREFIX = "data_server";

/** Faults injected since the start. */
export interface FaultCounts {
  slow: number;
  http_500: number;
}

interface MetricsInput {
  readonly requests: RequestDurations;
  readonly endpoints: readonly string[];
  readonly store: SnapshotStore;
  readonly faults: Readonly<FaultCounts>;
  readonly figures: ProcessFigures;
  readonly now_ms: number;
}

export function metricsFamilies(input: MetricsInput): Family[] {
  const { store: { current, published }, faults, now_ms } = input;
  return [
    ...requestFamilies(PREFIX, [input.requests], input.endpoints),
    one("counter", "snapshots", "Snapshots taken since the start.", published),
    one(
      "gauge",
      "snapshot_timestamp_seconds",
      "Time of the newest snapshot, seconds since 1970.",
      current.taken_at_ms / 1000,
    ),
    one(
      "gauge",
      "snapshot_age_seconds",
      "Age of the newest snapshot.",
      Math.max(0, now_ms - current.taken_at_ms) / 1000,
    ),
    one("gauge", "snapshot_bytes", "Length of the newest snapshot as CSV.", current.body_bytes),
    {
      name: `${PREFIX}_faults_injected`,
      type: "counter",
      help: "Faults injected by FAULT_500_PCT and FAULT_SLOW_MS.",
      samples: Object.entries(faults).map(([kind, value]) => ({ labels: { kind }, value })),
    },
    ...processFamilies(PREFIX, input.figures),
  ];
}

function one(type: "counter" | "gauge", name: string, help: string, value: number): Family {
  return { name: `${PREFIX}_${name}`, type, help, samples: [{ labels: {}, value }] };
}
