/** Error responses: a schema for each kind of problem, and responses by status. */
import { HEADER_DATA_AGE_MS, PROBLEM_CONTENT_TYPE, SHARDS_MAX } from "../../contracts/mod.ts";
import { INTERNAL_PROBLEM, PROBLEM_TYPE_PREFIX } from "../../platform/mod.ts";
import {
  ITEMS_WAIT_MS_MAX,
  LONG_BODIES_MAX,
  PROBLEM_TYPES,
  type ProblemSlug,
  type ProblemType,
  QUERY_CHARS_MAX,
} from "../serve/mod.ts";
import { STREAM_BYTES_MAX, STREAMS_MAX } from "../stream/mod.ts";
import { PROBLEM_EXAMPLES } from "./examples.ts";
import { type HeaderName, headersOf, spelled } from "./parameters.ts";
import { schemaRef } from "./schema_parts.ts";
import type { Ref, ResponseObject, Schema } from "./types.ts";

/** Kinds of problem: the service's own, and the platform's internal error. */
type Slug = ProblemSlug | "internal";

const TYPES: Readonly<Record<Slug, ProblemType>> = {
  ...PROBLEM_TYPES,
  internal: { status: INTERNAL_PROBLEM.status },
};

const WHEN: Readonly<Record<Slug, string>> = {
  "missing-parameter": "a parameter is absent or empty",
  "repeated-parameter": "a parameter is given more than once",
  "broken-parameter": "a parameter is not percent-encoded UTF-8",
  "bad-parameter": "a parameter has an invalid form or is out of range",
  "unknown-parameter": "the route has no such parameter; names that begin with `_` are ignored",
  "bad-host": "no `Host`, or a `Host` with `/`, `?` or `#`, which would change the path",
  "foreign-host": "a `Host` with a dot that is no address and not in `ALLOWED_HOSTS`; health " +
    "routes answer every host",
  "stream-too-wide": `a stream whose snapshot has more than ${
    grouped(STREAM_BYTES_MAX)
  } bytes (\`STREAM_BYTES_MAX\`): select switches or metrics`,
  "bad-upgrade": "not a valid WebSocket handshake",
  "unauthorized": "with `AUTH_TOKENS_FILE`: no token of the file; health routes need none",
  "foreign-origin": "a WebSocket for a page of another host",
  "websocket-off": "a WebSocket handshake without `STREAM_WEBSOCKET=on`",
  "unknown-switch": "no source has this switch",
  "unknown-metric":
    "no source has this metric, or the switch lacks it; `detail` names some metrics",
  "unknown-path": "no route has this path",
  "fabric-metrics-off": "`/metrics/fabric` without `METRICS_FABRIC=on`",
  "wrong-method": "a method that the route does not accept",
  "cursor-gone": "the snapshot of a `cursor` has been replaced: start again without it",
  "query-too-long": `more than ${grouped(QUERY_CHARS_MAX)} characters (\`QUERY_CHARS_MAX\`)`,
  "misdirected":
    "with `SHARD`: another shard has the switch or the cursor's page; `shard` of `shards` names it",
  "internal": "a defect of the service; see its log",
  "no-snapshot": "no source has delivered yet, or a source that may have the switch has not",
  "too-stale": "the data is older than `MAX_STALE_MS` or `max_age_ms`",
  "too-many-lists": `${LONG_BODIES_MAX} long lists are in progress (\`LONG_BODIES_MAX\`), ` +
    "or the client's share of them, or too many lists wait for their rows",
  "too-many-streams":
    `${grouped(STREAMS_MAX)} streams (\`STREAMS_MAX\`) are open, or their different filters ` +
    `have snapshots of ${grouped(STREAM_BYTES_MAX)} bytes (\`STREAM_BYTES_MAX\`)`,
  "list-not-ready": `a list was not ready within ${
    grouped(ITEMS_WAIT_MS_MAX)
  } ms (\`ITEMS_WAIT_MS_MAX\`)`,
  "list-too-long":
    "the list as JSON would be longer than three times `UPSTREAM_MAX_BYTES`: use GetMetric, CSV or pages",
  "stopping": "`/readyz` while the service stops",
};

/** Additional members of problems (RFC 9457). */
const MEMBERS: Readonly<Record<string, Schema>> = {
  parameter: { type: "string", description: "Name of the parameter." },
  origin: { type: "string", description: "Value from the request, truncated if long." },
  switch_id: { type: "string", description: "Value from the request, truncated if long." },
  metric: { type: "string", description: "Value from the request, truncated if long." },
  snapshot_id: { type: "string", description: "Id of the newest snapshot." },
  shard: { type: "integer", minimum: 0, description: "Shard that has it: `SHARD=shard/shards`." },
  shards: { type: "integer", minimum: 1, maximum: SHARDS_MAX, description: "Number of shards." },
  missing_sources: {
    type: "array",
    items: { type: "string" },
    description: "`/readyz`: URLs of the sources without data.",
  },
  stale_sources: {
    type: "array",
    items: { type: "string" },
    description: "`/readyz`: URLs of the sources whose data is stale.",
  },
  age_ms: { type: "integer", minimum: 0, description: "Age of the data." },
  max_age_ms: { type: "integer", minimum: 0, description: "Exceeded bound." },
};

export const PROBLEM_SCHEMAS: Readonly<Record<string, Schema>> = Object.fromEntries(
  (Object.keys(WHEN) as Slug[]).map((slug) => [nameOf(slug), schemaOf(slug)]),
);

/** Responses of every route. */
export const COMMON_RESPONSES = {
  BadHost: responseOf(["bad-host"]),
  Unauthorized: responseOf(["unauthorized"]),
  ForeignHost: responseOf(["foreign-host"]),
  WrongMethod: responseOf(["wrong-method"]),
  QueryTooLong: responseOf(["query-too-long"]),
  Internal: responseOf(["internal"]),
} satisfies Record<string, ResponseObject>;

/** Error responses of a route by status, including the common ones. */
export function problemResponses(
  own: readonly ProblemSlug[],
): Record<string, ResponseObject | Ref> {
  const by_status = Map.groupBy(own, (slug) => TYPES[slug].status);
  by_status.get(400)?.push("bad-host");
  by_status.get(421)?.push("foreign-host");
  return {
    400: commonRef("BadHost"),
    401: commonRef("Unauthorized"),
    405: commonRef("WrongMethod"),
    414: commonRef("QueryTooLong"),
    421: commonRef("ForeignHost"),
    500: commonRef("Internal"),
    ...Object.fromEntries([...by_status].map(([status, slugs]) => [status, responseOf(slugs)])),
  };
}

function commonRef(name: keyof typeof COMMON_RESPONSES): Ref {
  return { $ref: `#/components/responses/${name}` };
}

/** A response with one of these kinds, all of one status. */
function responseOf(slugs: readonly Slug[]): ResponseObject {
  const sent = slugs.flatMap((slug) => TYPES[slug].headers ?? []) as HeaderName[];
  const names = new Set(sent);
  const always = [...names].filter((name) =>
    slugs.every((slug) => TYPES[slug].headers?.includes(name))
  );
  const at_times = [...names].filter((name) => !always.includes(name));
  return {
    description: slugs.map((slug) => `\`${slug}\`: ${WHEN[slug]}.`).join("\n\n"),
    headers: headersOf(["cache-control", ...always], at_times),
    content: { [PROBLEM_CONTENT_TYPE]: { schema: oneOf(slugs) } },
  };
}

function oneOf(slugs: readonly Slug[]): Schema {
  const refs = slugs.map((slug) => schemaRef(nameOf(slug)));
  if (refs.length === 1) return refs[0];
  const mapping = Object.fromEntries(slugs.map((slug, i) => [typeOf(slug), refs[i].$ref]));
  return { oneOf: refs, discriminator: { propertyName: "type", mapping } };
}

function schemaOf(slug: Slug): Schema {
  const example = slug === "internal" ? undefined : PROBLEM_EXAMPLES[slug];
  const { status, members = [], optional = [], headers = [] } = TYPES[slug];
  const names = headers.filter((name) => name !== HEADER_DATA_AGE_MS).map((name) =>
    `\`${spelled(name)}\``
  );
  return {
    description: WHEN[slug] + (names.length > 0 ? `; with ${names.join(", ")}` : ""),
    type: "object",
    required: ["type", "title", "status", "detail", ...members],
    properties: {
      type: { const: typeOf(slug) },
      title: { type: "string", description: "Text of the status." },
      status: { const: status },
      detail: { type: "string", description: "What happened, with the value, and what to do." },
      ...Object.fromEntries([...members, ...optional].map((name) => [name, MEMBERS[name]])),
    },
    ...(example === undefined ? {} : { examples: [example.body] }),
  };
}

function typeOf(slug: Slug): string {
  return PROBLEM_TYPE_PREFIX + slug;
}

/** For example `UnknownSwitchProblem`. */
function nameOf(slug: Slug): string {
  const words = slug.split("-").map((word) => word[0].toUpperCase() + word.slice(1));
  return `${words.join("")}Problem`;
}

function grouped(number: number): string {
  return number.toLocaleString("en-US");
}
