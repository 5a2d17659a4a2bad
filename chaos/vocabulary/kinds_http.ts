/** How explore draws faults of the source's responses. */
import { choices, type FaultKind, shares, steps } from "./drawing.ts";
import {
  badEtag,
  clockSkew,
  counterReset,
  cutBody,
  duplicateColumn,
  duplicateRows,
  endlessBody,
  frozenTimestamp,
  html,
  naFlood,
  oversizedBody,
  removedRows,
  reorderColumns,
  slowDrip,
  slowFirstByte,
  status,
  tornRows,
  wrongLength,
} from "./faults_http.ts";

/** Bytes of a body of 64 switches, with every row twice. */
const BODY_BYTES = 4_000;
const FAILING = () => ({ polls: "failing" }) as const;
const HANGING = () => ({ polls: "hanging" }) as const;
const REPLACED = () => ({ polls: "failing", blocks: true }) as const;
const LARGE_BODY = "one large body and uncollected garbage";

export const HTTP_KINDS: readonly FaultKind[] = [
  {
    kind: "http.status",
    word: status,
    parameters: () => ({
      status: choices(500, 503, 404, 429, 302, 304, 200),
      share: shares(0.3, 1),
      burst: choices(1, 2, 4),
      retry_after_s: choices(0, 1, 2),
    }),
    effects: ({ params }) => ({
      polls: "failing",
      blocks: params.share === 1,
      pause_ms: Number(params.retry_after_s) * 1000,
    }),
  },
  {
    kind: "http.slow_first_byte",
    word: slowFirstByte,
    parameters: () => ({ delay_ms: steps(20, 2_000) }),
    effects: ({ params }) => ({ delay_ms: Number(params.delay_ms) }),
  },
  {
    kind: "http.slow_drip",
    word: slowDrip,
    parameters: () => ({ bytes_per_s: steps(20_000, 500) }),
    effects: ({ params }) => ({ delay_ms: BODY_BYTES / Number(params.bytes_per_s) * 1000 }),
  },
  { kind: "http.html", word: html, effects: REPLACED },
  {
    kind: "http.cut_body",
    word: cutBody,
    parameters: () => ({ share_kept: shares(0.999, 0.1) }),
    effects: FAILING,
  },
  {
    kind: "http.wrong_length",
    word: wrongLength,
    parameters: () => ({ delta_bytes: choices(-1, 1, -100, 100, 10_000) }),
    effects: HANGING,
  },
  {
    kind: "http.torn_rows",
    word: tornRows,
    parameters: () => ({ share: shares(0.03, 1) }),
    // Up to 10 % of the rows may be dropped, and stay so until the next snapshot.
    effects: () => ({ polls: "failing", excuses: { whole_data: "torn rows are dropped" } }),
  },
  { kind: "http.duplicate_column", word: duplicateColumn, effects: FAILING },
  { kind: "http.reorder_columns", word: reorderColumns },
  {
    kind: "http.duplicate_rows",
    word: duplicateRows,
    parameters: () => ({ share: shares(0.03, 1) }),
  },
  {
    kind: "http.removed_rows",
    word: removedRows,
    parameters: () => ({ share: shares(0.1, 1) }),
    effects: () => ({ excuses: { whole_data: "removed rows are 404" } }),
  },
  { kind: "http.frozen_timestamp", word: frozenTimestamp, effects: FAILING },
  {
    kind: "http.clock_skew",
    word: clockSkew,
    parameters: () => ({ skew_ms: choices(-5_000, 5_000, -60_000, 60_000) }),
    effects: ({ params }) => ({
      polls: "failing",
      skew_ms: Number(params.skew_ms),
      // Only the source's clock shows how old data was when it was fetched.
      excuses: Number(params.skew_ms) > 0 ? { labels: "the source's clock runs ahead" } : {},
    }),
  },
  {
    kind: "http.counter_reset",
    word: counterReset,
    effects: () => ({ excuses: { values: "the fault changes the values" } }),
  },
  { kind: "http.na_flood", word: naFlood, parameters: () => ({ share: shares(0.03, 1) }) },
  {
    kind: "http.oversized_body",
    word: oversizedBody,
    parameters: () => ({ bytes: steps(2_000_000, 32_000_000) }),
    needs: () => ({ subject_env: { UPSTREAM_MAX_BYTES: "1048576" } }),
    effects: () => ({ polls: "hanging", excuses: { memory: LARGE_BODY } }),
  },
  {
    kind: "http.endless_body",
    word: endlessBody,
    needs: () => ({ subject_env: { UPSTREAM_MAX_BYTES: "1048576" } }),
    effects: () => ({
      polls: "hanging",
      excuses: { memory: LARGE_BODY, speed: "a body at full speed occupies a core" },
    }),
  },
  {
    kind: "http.bad_etag",
    word: badEtag,
    parameters: () => ({ mode: choices("changing", "malformed", "same_for_other") }),
    effects: ({ params }) => ({
      polls: params.mode === "same_for_other" ? "failing" : "good",
      excuses: { order: "ids made from ETags are not the source's" },
    }),
  },
];
