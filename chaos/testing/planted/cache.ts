/**
 * A small polling cache that is correct except for its DEFECT, to prove the lab. It reads
 * SOURCE_URL, PORT, POLL_MS, POLL_TIMEOUT_MS, BACKOFF_MAX_MS, UPSTREAM_MAX_BYTES and MAX_STALE_MS;
 * with a STORE it is a replica with leases of LEASE_MS.
 */
import type { Defect } from "./defects.ts";
import { late, standStill, STILL_EVERY_MS } from "./late.ts";
import { Replica, type SharedSnapshot } from "./replica.ts";
import { newestRow, parseAtLength, parseRows, type Rows, withRowsOf } from "./rows.ts";
import { block, keepMemory, piecesOf, watchEventLoop } from "./waste.ts";

const numberOf = (name: string) => Number(Deno.env.get(name));
const SOURCE_URL = Deno.env.get("SOURCE_URL") ?? "";
const POLL_MS = numberOf("POLL_MS"), POLL_TIMEOUT_MS = numberOf("POLL_TIMEOUT_MS");
const BACKOFF_MAX_MS = numberOf("BACKOFF_MAX_MS");
const BODY_BYTES_MAX = numberOf("UPSTREAM_MAX_BYTES") || 16_777_216;
/** 0: data is never too old. */
const MAX_STALE_MS = numberOf("MAX_STALE_MS");
const STORE = Deno.env.get("STORE") ?? "", LEASE_MS = numberOf("LEASE_MS");
const DEFECT = Deno.env.get("DEFECT");
/** Pause of a cache without backoff, in milliseconds. */
const RETRY_AT_ONCE_MS = 20;
/** Consecutive failures that open the breaker for good. */
const BREAKER_FAILURES = 3;
const LEAKED_MAX = 200;

/** A body that takes longer is slow, in milliseconds. */
const SLOW_BODY_MS = 60;
/** Failures in a row that are an outage. */
const OUTAGE_FAILURES = 2;
/** More requests a second than the usual load and its probes. */
const OVERLOAD_PER_S = 140;

/** A replica that looks rarely, or late after its start, waits this long, in milliseconds. */
const LATE_MS = 2_000;

const has = (defect: Defect) => DEFECT === defect;

let held: Snapshot | null = null;
/** The snapshot before the held one. */
let before: Snapshot | null = null;
/** Answers with a value so far. */
let answers = 0;
/** The held snapshot as replicas share it. */
let shared: SharedSnapshot | null = null;
/** Time that ages are measured from: the source's timestamp, unless a defect changes it. */
let aged_from_ms = 0;
let etag: string | null = null;
/** Whether answers are empty with age 0. */
let has_forgotten = false;
let polls = 0, failures = 0, in_a_row = 0;
/** Whether polling has ended for good. */
let has_stopped = false;
/** Requests of the current second, and of the one before. */
let requests = 0, requests_per_s = 0;
const leaked: Deno.Conn[] = [];
const blockMax = watchEventLoop();

const replica = STORE === "" ? null : new Replica({
  store: STORE,
  lease_ms: LEASE_MS,
  held: () => shared,
  adopt: (snapshot) => {
    if (has("forgets_on_restart") && polls === failures) return;
    hold(snapshot, parseRows(snapshot.csv, { torn_blanks_all: false }));
  },
  defects: {
    look_ms: has("looks_rarely") ? LATE_MS : undefined,
    first_look_ms: has("looks_late") ? LATE_MS : 0,
    never_claims: has("never_takes_over"),
    stays_alone: has("stays_alone"),
    adopts_older: has("goes_back") || has("no_fencing"),
    no_fencing: has("no_fencing"),
  },
});
const mayPoll = () =>
  replica === null || replica.may_poll || has("every_replica_polls") ||
  has("polls_at_start") && polls === 0;

async function pollForever(): Promise<void> {
  let next_ms = performance.now();
  for (;;) {
    if (mayPoll()) await pollOnce();
    if (mayPoll() && has("polls_twice")) await pollOnce();
    if (has("breaker_stays_open") && in_a_row >= BREAKER_FAILURES) return;
    if (has_stopped) return;
    next_ms = Math.max(next_ms + POLL_MS, performance.now() + waitAfterFailures());
    await new Promise((resolve) => setTimeout(resolve, next_ms - performance.now()));
    if (in_a_row > 0) next_ms = performance.now();
  }
}

function waitAfterFailures(): number {
  if (in_a_row === 0) return 0;
  return Math.min(BACKOFF_MAX_MS, POLL_MS * 2 ** (in_a_row - 1));
}

async function pollOnce(): Promise<void> {
  for (;;) {
    polls++;
    if (has("blocks_at_polls")) block();
    if (has("keeps_memory")) keepMemory();
    try {
      await fetchSnapshot();
      in_a_row = 0;
      return;
    } catch {
      failures++;
      in_a_row++;
      if (has("unlabelled_stale")) aged_from_ms = Date.now();
      if (has("empty_on_failure")) has_forgotten = true;
      if (has("cleared_on_failure")) held = etag = null;
      if (has("socket_leak")) await keepSocket();
      if (!has("no_backoff")) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AT_ONCE_MS));
    }
  }
}

async function fetchSnapshot(): Promise<void> {
  const signal = has("no_timeout") || has("leaves_bodies")
    ? undefined
    : AbortSignal.timeout(POLL_TIMEOUT_MS);
  const headers: HeadersInit = etag === null ? {} : { "if-none-match": etag };
  const response = await fetch(SOURCE_URL, { headers, signal });
  if (response.status === 304) {
    if (has("age_reset_by_304")) aged_from_ms = Date.now();
    return;
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`no snapshot: status ${response.status}`);
  }
  const text = await readBody(response, {
    bytes_max: has("parse_blocks") ? Infinity : BODY_BYTES_MAX,
    accepts_cut: has("cut_body_accepted"),
  });
  const parse = has("parse_blocks") ? parseAtLength : parseRows;
  const rows = parse(text, { torn_blanks_all: has("torn_row_blanks_all") });
  const taken_ms = Number(response.headers.get("x-snapshot-ts") ?? newestRow(rows));
  if (!Number.isFinite(taken_ms)) throw new Error("no snapshot: it has no time");
  const is_step = in_a_row > 0 && taken_ms < (shared?.taken_ms ?? 0);
  if (has("clears_at_clock_step") && is_step) {
    has_stopped = true;
    held = null;
    return;
  }
  hold({ taken_ms, etag: response.headers.get("etag"), csv: text }, rows);
  await replica?.publish().catch(() => {}); // the store may be gone
}

function hold(snapshot: SharedSnapshot, rows: Rows): void {
  shared = snapshot;
  etag = snapshot.etag;
  before = held;
  if (has("keeps_removed_rows") && held !== null) rows = withRowsOf(held, rows);
  held = { id: etag?.replaceAll('"', "") ?? null, taken_ms: snapshot.taken_ms, ...rows };
  aged_from_ms = snapshot.taken_ms;
  has_forgotten = false;
}

async function keepSocket(): Promise<void> {
  const { hostname, port } = new URL(SOURCE_URL);
  if (leaked.length >= LEAKED_MAX) return;
  // Several for each failed poll, like a client that tries its whole pool.
  for (let i = 0; i < 4; i++) {
    await Deno.connect({ hostname, port: Number(port) })
      .then((socket) => leaked.push(socket), () => {});
  }
}

function answer(request: Request): Response {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/alive") return new Response("alive");
  if (pathname === "/stats") {
    const { role, fence } = replica ?? {};
    return Response.json({ polls, failures, role, fence, block_max_ms: blockMax() });
  }
  if (held === null) return Response.json({ detail: "no data yet" }, { status: 503 });
  requests++;
  if (has("sheds_in_outage") && in_a_row >= OUTAGE_FAILURES && requests_per_s > OVERLOAD_PER_S) {
    return Response.json({ detail: "overloaded" }, { status: 503 });
  }
  if (pathname === "/ready") return new Response("ready");
  if (has_forgotten) return aged(JSON.stringify({ age_ms: 0 }), 0);
  const age_ms = Date.now() - aged_from_ms;
  if (isTooOld(age_ms)) return Response.json({ detail: "the data is too old" }, { status: 503 });
  if (pathname === "/list") return listOf(held, age_ms);
  const is_one_of_100 = ++answers % 100 === 0;
  if (has("fails_now_and_then") && answers % 200 === 0) {
    return Response.json({ detail: "one of many fails" }, { status: 500 });
  }
  if (has("lags_seldom") && is_one_of_100 && before !== null) {
    return valueOf(before, searchParams, Date.now() - before.taken_ms);
  }
  return valueOf(held, searchParams, age_ms, has("lies_seldom") && is_one_of_100);
}

function valueOf(
  snapshot: Snapshot,
  searchParams: URLSearchParams,
  age_ms: number,
  of_other = false,
): Response {
  const { columns, rows } = snapshot;
  const id = searchParams.get("id") ?? "";
  const column = columns.indexOf(searchParams.get("field") ?? "");
  const row = of_other ? [...rows.values()].find(([other]) => other !== id) : rows.get(id);
  const value = row?.[column];
  if (value === undefined) return Response.json({ detail: `no value of ${id}` }, { status: 404 });
  const is_rounded = has("rounds_counters") && /^\d+$/.test(value);
  const body = {
    value: is_rounded ? String(Number(value)) : value,
    age_ms: has("body_looks_fresh") ? Math.min(age_ms, POLL_MS) : age_ms,
    snapshot_id: snapshot.id,
  };
  return aged(JSON.stringify(body), age_ms);
}

/** An answer with its age in a header, too. */
function aged(json: string, age_ms: number): Response {
  return new Response(json, { headers: { "x-age-ms": String(age_ms) } });
}

function isTooOld(age_ms: number): boolean {
  if (MAX_STALE_MS === 0 || has("serves_too_old")) return false;
  return age_ms > (has("refuses_early") ? MAX_STALE_MS / 2 : MAX_STALE_MS);
}

/** The items of each snapshot as JSON. */
const items = new WeakMap<Snapshot, string[]>();

function listOf(snapshot: Snapshot, age_ms: number): Response {
  const listed = has("list_lags") && before !== null ? before : snapshot;
  const all = items.getOrInsertComputed(
    listed,
    ({ columns, rows }) =>
      [...rows].map(([switch_id, cells]) =>
        JSON.stringify({
          ...Object.fromEntries(columns.map((column, i) => [column, cells[i]])),
          switch_id,
        })
      ),
  );
  const head = JSON.stringify({
    snapshot_id: snapshot.id,
    age_ms: has("list_looks_fresh") ? Math.min(age_ms, POLL_MS) : age_ms,
  });
  const shown = has("list_drops_rows") && in_a_row > 0 ? all.slice(1) : all;
  return aged(`${head.slice(0, -1)},"items":[${shown.join()}]}`, age_ms);
}

// The stored snapshot is served from the first response on.
await replica?.start();
const listen = { hostname: "127.0.0.1", port: numberOf("PORT"), onListen: () => {} };
const is_late = has("slow_always") ? "all" : has("slow_tail") ? "some" : "none";
const server = Deno.serve(listen, late(answer, is_late));
if (!has("stops_at_once")) {
  Deno.addSignalListener("SIGTERM", () => server.shutdown().then(() => Deno.exit(0)));
}
if (has("sheds_in_outage")) {
  setInterval(() => [requests_per_s, requests] = [requests, 0], 1_000);
}
if (has("stands_still")) setInterval(() => in_a_row > 0 && standStill(), STILL_EVERY_MS);
if (replica !== null) void replica.run();
await pollForever();

interface Snapshot extends Rows {
  id: string | null;
  taken_ms: number;
}

/** @throws {Error} if the body is too long, or truncated and that is not accepted. */
async function readBody(
  response: Response,
  { bytes_max, accepts_cut }: { bytes_max: number; accepts_cut: boolean },
): Promise<string> {
  const decoder = new TextDecoder();
  const start_ms = performance.now();
  let text = "", bytes = 0;
  try {
    const body = response.body ?? [];
    for await (const chunk of has("leaves_bodies") ? piecesOf(response.body!) : body) {
      bytes += chunk.length;
      if (bytes > bytes_max) throw new RangeError(`body is over ${bytes_max} bytes`);
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    const is_reset = !(error instanceof DOMException || error instanceof RangeError);
    const is_slow = performance.now() - start_ms > SLOW_BODY_MS;
    if (has("stops_at_slow_reset") && is_reset && is_slow) has_stopped = true;
    if (!accepts_cut || error instanceof RangeError) throw error;
  }
  return text;
}
