/** Every kind of error answer, with what it always carries: problems.ts and openapi/ go by it. */

/** What is fixed of a kind of problem. */
export interface ProblemType {
  /** HTTP status. */
  readonly status: number;
  /** Members of the JSON object beside those of RFC 9457. */
  readonly members?: readonly string[];
  /** Members that are there at times. */
  readonly optional?: readonly string[];
  /** Headers beside the content type. */
  readonly headers?: readonly string[];
}

/** By its slug, the last part of `type`. */
export const PROBLEM_TYPES = {
  "missing-parameter": { status: 400, members: ["parameter"] },
  "repeated-parameter": { status: 400, members: ["parameter"] },
  "broken-parameter": { status: 400, members: ["parameter"] },
  "bad-parameter": { status: 400, members: ["parameter"] },
  "bad-host": { status: 400 },
  "stream-too-wide": { status: 400 },
  "bad-upgrade": { status: 400 },
  "foreign-origin": { status: 403, members: ["origin"] },
  "unknown-switch": { status: 404, members: ["switch_id"] },
  "unknown-metric": { status: 404, members: ["metric"], optional: ["switch_id"] },
  "unknown-path": { status: 404 },
  "fabric-metrics-off": { status: 404 },
  "wrong-method": { status: 405, headers: ["allow"] },
  "cursor-gone": { status: 410, members: ["snapshot_id"] },
  "query-too-long": { status: 414 },
  "no-snapshot": { status: 503, headers: ["retry-after"] },
  "too-stale": {
    status: 503,
    members: ["age_ms", "max_age_ms"],
    headers: ["retry-after", "x-data-age-ms"],
  },
  "too-many-lists": { status: 503, headers: ["retry-after"] },
  "too-many-streams": { status: 503, headers: ["retry-after"] },
  "list-not-ready": { status: 503, headers: ["retry-after"] },
  "list-too-long": { status: 503 },
  "stopping": { status: 503 },
} as const satisfies Record<string, ProblemType>;

/** Last part of a problem's `type`. */
export type ProblemSlug = keyof typeof PROBLEM_TYPES;

/** Members that a kind of problem carries. */
export type MembersOf<S extends ProblemSlug> = typeof PROBLEM_TYPES[S] extends
  { members: readonly (infer Name extends string)[] } ? Name : never;

/** Members that a kind of problem carries at times. */
export type OptionalOf<S extends ProblemSlug> = typeof PROBLEM_TYPES[S] extends
  { optional: readonly (infer Name extends string)[] } ? Name : never;

/** Headers that a kind of problem carries. */
export type HeadersOf<S extends ProblemSlug> = typeof PROBLEM_TYPES[S] extends
  { headers: readonly (infer Name extends string)[] } ? Name : never;
