/** Responses to requests. */
import { CSV_CONTENT_TYPE, HEADER_SNAPSHOT_TS, JSON_CONTENT_TYPE } from "../contracts/mod.ts";
import { isNotModified, problem, type ProblemOptions } from "../platform/mod.ts";
import { readShard, ShardError, switchesOf } from "./shards.ts";
import { type ByteRange, lengthOf, type SnapshotStore } from "./snapshot_store.ts";

export const METHODS = ["GET", "HEAD"];

/** Characters of client text that a response repeats. */
const ECHO_CHARS_MAX = 200;

const ALLOW = METHODS.join(", ");
const HEALTHY = new TextEncoder().encode(JSON.stringify({ ok: true }));

/** `/counters` of the fabric profile: the snapshot, or 304 if the client has it. */
export function answerFabric(request: Request, store: SnapshotStore): Response {
  const { id, taken_at_ms, body_bytes } = store.current;
  const etag = `"${id}"`;
  const headers: Record<string, string> = {
    etag,
    [HEADER_SNAPSHOT_TS]: String(taken_at_ms),
    "cache-control": "no-store",
  };
  if (isNotModified(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  return csv(request, store, [{ from: 0, to: body_bytes }], headers);
}

/** `/csv/metrics` of the UFM profile. Like the real endpoint, it sends no ETag and no 304. */
export function answerUfm(
  request: Request,
  query: string,
  store: SnapshotStore,
): Response | Promise<Response> {
  const { body_bytes, buffer: { switch_offsets } } = store.current;
  try {
    const shard = readShard(query);
    const all = [{ from: 0, to: body_bytes }];
    const ranges = shard === undefined ? all : headerAnd(switch_offsets, shard);
    return csv(request, store, ranges, { "cache-control": "no-store" });
  } catch (error) {
    if (!(error instanceof ShardError)) throw error;
    return measured({ status: 400, slug: "bad-shard", detail: error.message });
  }
}

export function answerHealth(): Response {
  const headers = {
    "content-type": JSON_CONTENT_TYPE,
    "content-length": String(HEALTHY.length),
    "cache-control": "no-store",
  };
  return new Response(HEALTHY, { headers });
}

/** 404 that names the known paths. */
export function answerUnknownPath(path: string, known: readonly string[]): Promise<Response> {
  return measured({
    status: 404,
    slug: "unknown-path",
    detail: `No ${shorten(path)} here: the paths are ${known.join(", ")}`,
  });
}

/** 400: no host, or a host that would be read as part of the path. */
export function answerBadHost(detail: string): Promise<Response> {
  return measured({
    status: 400,
    slug: "bad-host",
    detail,
  });
}

export function answerWrongMethod(method: string, path: string): Promise<Response> {
  return measured({
    status: 405,
    slug: "wrong-method",
    detail: `${shorten(method)} is not possible on ${path}: use ${METHODS.join(" or ")}`,
    headers: { allow: ALLOW },
  });
}

/** The 500 of `FAULT_500_PCT`. */
export function answerInjectedError(): Promise<Response> {
  return measured({
    status: 500,
    slug: "injected-fault",
    detail: "FAULT_500_PCT injected this 500: set it to 0 to turn it off",
    headers: { "cache-control": "no-store" },
  });
}

function csv(
  request: Request,
  store: SnapshotStore,
  ranges: readonly ByteRange[],
  headers: Record<string, string>,
): Response {
  headers["content-type"] = CSV_CONTENT_TYPE;
  headers["content-length"] = String(lengthOf(ranges));
  return new Response(request.method === "HEAD" ? null : store.body(ranges), { headers });
}

/** A problem with `content-length`, which the access log reads. */
async function measured(options: ProblemOptions): Promise<Response> {
  const answer = problem(options);
  const body = await answer.bytes();
  answer.headers.set("content-length", String(body.length));
  return new Response(body, { status: answer.status, headers: answer.headers });
}

function headerAnd(
  switch_offsets: Uint32Array,
  shard: { num_shards: number; shard: number },
): ByteRange[] {
  const switches = switchesOf(shard, switch_offsets.length - 1);
  return [
    { from: 0, to: switch_offsets[0] },
    { from: switch_offsets[switches.from], to: switch_offsets[switches.to] },
  ];
}

function shorten(text: string): string {
  return text.length > ECHO_CHARS_MAX ? `${text.slice(0, ECHO_CHARS_MAX)}…` : text;
}
