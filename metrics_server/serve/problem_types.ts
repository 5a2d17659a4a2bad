/** Kinds of error responses: status, members and headers of each. */

export interface ProblemType {
  readonly status: number;
  /** Additional members of the JSON object (RFC 9457). */
  readonly members?: readonly string[];
  /** Members that may be absent. */
  readonly optional?: readonly string[];
  /** Headers besides the content type. */
  readonly headers?: readonly string[];
}

export const PROBLEM_TYPES = {
  "missing-parameter": { status: 400, members: ["parameter"] },
  "repeated-parameter": { status: 400, members: ["parameter"] },
  "broken-parameter": { status: 400, members: ["parameter"] },
  "bad-parameter": { status: 400, members: ["parameter"] },
  "unknown-parameter": { status: 400, members: ["parameter"] },
  "bad-host": { status: 400 },
  "stream-too-wide": { status: 400 },
  "bad-upgrade": { status: 400 },
  "unauthorized": { status: 401, headers: ["www-authenticate"] },
  "foreign-origin": { status: 403, members: ["origin"] },
  "unknown-switch": { status: 404, members: ["switch_id"] },
  "unknown-metric": { status: 404, members: ["metric"], optional: ["switch_id"] },
  "unknown-path": { status: 404 },
  "fabric-metrics-off": { status: 404 },
  "wrong-method": { status: 405, headers: ["allow"] },
  "cursor-gone": { status: 410, members: ["snapshot_id"] },
  "query-too-long": { status: 414 },
  "foreign-host": { status: 421 },
  "misdirected": { status: 421, members: ["shard", "shards"] },
  "websocket-off": { status: 501 },
  "no-snapshot": {
    status: 503,
    optional: ["missing_sources", "stale_sources"],
    headers: ["retry-after"],
  },
  "too-stale": {
    status: 503,
    members: ["age_ms", "max_age_ms"],
    optional: ["missing_sources", "stale_sources"],
    headers: ["retry-after", "x-data-age-ms"],
  },
  "too-many-lists": { status: 503, headers: ["retry-after"] },
  "too-many-streams": { status: 503, headers: ["retry-after"] },
  "list-not-ready": { status: 503, headers: ["retry-after"] },
  "list-too-long": { status: 503 },
  "stopping": { status: 503 },
} as const satisfies Record<string, ProblemType>;

export type ProblemSlug = keyof typeof PROBLEM_TYPES;

/** Names that a kind of problem lists under `Key`. */
type NamesOf<S extends ProblemSlug, Key extends keyof ProblemType> = typeof PROBLEM_TYPES[S] extends
  { readonly [key in Key]: readonly (infer Name extends string)[] } ? Name : never;

/** The variable part of a problem: exactly the members and headers of its kind. */
export type ProblemAttributes<S extends ProblemSlug> =
  & { detail: string }
  & ([NamesOf<S, "members">] extends [never]
    ? { members?: Partial<Record<NamesOf<S, "optional">, unknown>> }
    : {
      members:
        & Record<NamesOf<S, "members">, unknown>
        & Partial<Record<NamesOf<S, "optional">, unknown>>;
    })
  & ([NamesOf<S, "headers">] extends [never] ? { headers?: undefined }
    : { headers: Record<NamesOf<S, "headers">, string> });
