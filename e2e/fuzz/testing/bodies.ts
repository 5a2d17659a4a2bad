/** Answers of a source by mutation of real ones, against the poller in virtual time. */
import {
  AUTO_TIMES,
  fetchReader,
  Poller,
  type PollerStats,
  type PollOutcome,
  type SnapshotData,
} from "../../../metrics_server/testing/fuzzed.ts";
import { rowsOf } from "../../../metrics_server/testing/bodies.ts";
import type { Random } from "../../../metrics_server/testing/random.ts";
import { VirtualTime } from "../../../metrics_server/testing/virtual_time.ts";
import { bytesOfPart, type OpenTarget, partOf, type Parts, type Target } from "./fuzz.ts";

const EPOCH_MS = 1_767_000_000_000;
const BYTES_MAX = 4096;
const POLL_MS = 1000;
/** Good answers until data is right again: a time that is set back is believed at the fourth. */
const GOOD_POLLS_MAX = 6;
/** Bytes of a chunk of the body. */
const CHUNK_BYTES = 61;

/** Bodies as sources send them: data_server's, UFM's, with quotes, kinds of rows and dialects. */
const BODIES = [
  "switch_id,bandwidth_gbps,latency_us,packet_errors\nsw-000,122.4,1.5,9007199254740993\n" +
  "sw-001,98.1,2.25,0\nsw-002,N/A,,7\n",
  "timestamp,source_id,tag,node_guid,port_guid,port_num,PortXmitDataExtended,link_state\n" +
  "1767000000000000,0x1,,0x0002c903,0x0002c904,1,18446744073709551615,4\n" +
  "1767000000000000,0x1,,0x0002c903,0x0002c905,2,12345678901234567890,4\n",
  'switch_id,"name (long)",m\r\nsw-0,"a ""quoted"", one",5\r\nsw-1,"two\nlines",6\r\n',
  "sep=;\r\nswitch_id;m;n\r\nsw-0;1,5;2\r\nsw-1;2,5;3\r\n",
  "switch_id,m,n,\nsw-0,1,2,\nsw-1,3,4,\n",
  partOf("\ufeffswitch_id,ü,m\nsw-ä,1,2\nsw-€,3,4\n"),
];

/** Head lines of answers. */
const HEADS = [
  'etag: "boot-1"',
  'etag: W/"boot-2"',
  `etag: "${"x".repeat(300)}"`,
  "age: 10",
  "age: -1",
  "x-data-age-ms: 99999999999999999999",
  "x-snapshot-ts: 2025-12-29T09:20:00.000Z",
  "x-snapshot-ts: 2099-01-01T00:00:00.000Z",
  "last-modified: Mon, 29 Dec 2025 09:20:00 GMT",
  "date: never",
  "content-encoding: gzip",
  "content-encoding: identity, identity",
  "content-type: text/csv; charset=utf-16",
  "content-type: text/csv; charset=latin1",
  "content-type: text/csv; charset=no-such",
  "content-length: 99999",
  "content-length: 12",
  "transfer-encoding: chunked",
  "retry-after: 1e9",
  "x-shard: 1/3",
];
const STATUSES = ["200", "200", "200", "200", "200", "304", "404", "500", "503", "301", "206"];
const PIECES = [
  "\0",
  ",",
  '"',
  "\n",
  "\r",
  "\r\n",
  ";",
  "\t",
  "\xff",
  "\xc3",
  "-",
  "e",
  "sw-0",
  " ",
];

export type MakePoller = (
  ...args: ConstructorParameters<typeof Poller>
) => Pick<Poller, "start" | "stop" | "stats">;

/** @param make Makes the poller under test; a test plants a defect here. */
export function bodiesTarget(make: MakePoller = (...args) => new Poller(...args)): Target {
  const open: OpenTarget = {
    draw: (random) => Array.from({ length: 1 + random.below(6) }, () => drawAnswer(random)),
    check: (parts) => checkAnswers(parts, make),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { name: "bodies", open: () => Promise.resolve(open) };
}

/** An answer: the status, head lines, an empty line, the body. */
function drawAnswer(random: Random): string {
  let body = random.of(BODIES);
  for (let n = random.below(5); n > 0; n--) body = mutate(random, body);
  const lines = Array.from({ length: random.below(4) }, () => random.of(HEADS));
  if (random.chance(0.7)) lines.push(`content-length: ${body.length}`);
  const head = [random.of(STATUSES), ...lines].join("\n");
  return `${random.chance(0.1) ? mutate(random, head) : head}\n\n${body}`;
}

function mutate(random: Random, text: string): string {
  const at = random.below(text.length + 1), length = random.below(20);
  const rest = text.slice(at), stretch = text.slice(at, at + length);
  switch (random.below(7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + rest.slice(length);
    case 2:
      return text.slice(0, at) + stretch.repeat(1 + random.below(random.chance(0.1) ? 400 : 4)) +
        rest;
    case 3:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + rest.slice(1);
    case 4: {
      const other = random.of(BODIES);
      return text.slice(0, at) + other.slice(random.below(other.length));
    }
    default:
      return text.slice(0, at) + random.of(PIECES) + rest;
  }
}

interface RawAnswer {
  readonly status: number;
  readonly head: readonly string[];
  readonly body: string;
}

function answerOf(part: string): RawAnswer {
  const end = part.indexOf("\n\n");
  const [status, ...head] = (end < 0 ? part : part.slice(0, end)).split("\n");
  return { status: Number(status), head, body: end < 0 ? "" : part.slice(end + 2) };
}

/** The answer as `fetch` hands it over; an invalid head fails like a broken connection. */
function responseOf({ status, head, body }: RawAnswer): Response {
  const headers = new Headers();
  for (const line of head) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, Math.max(0, colon)), line.slice(colon + 1).trim());
  }
  if (!(status >= 200 && status < 600)) throw new TypeError("invalid status");
  if (status === 304 || status === 204 || status === 205) {
    return new Response(null, { status, headers });
  }
  const bytes = bytesOfPart(body);
  let at = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (at >= bytes.length) {
        controller.close();
        // Ends a read in progress.
        return controller.byobRequest?.respond(0);
      }
      controller.enqueue(bytes.slice(at, at += CHUNK_BYTES));
    },
  });
  return new Response(stream, { status, headers });
}

const good = (n: number) => `200\n\nswitch_id,m\ngood-0,${n}\ngood-1,${n}\ngood-2,${n}\n`;

async function checkAnswers(parts: Parts, make: MakePoller): Promise<string | null> {
  const time = new VirtualTime();
  const outcomes: PollOutcome[] = [];
  const next: RawAnswer[] = [];
  const now = () => EPOCH_MS + time.now_ms;
  const deadline = () => ({ signal: new AbortController().signal, [Symbol.dispose]() {} });
  const send = async () => responseOf(await Promise.resolve(next[0]));
  let id = 0;
  const poller = make({
    url: "http://source/counters",
    poll_ms: POLL_MS,
    timeout_ms: POLL_MS,
    backoff_max_ms: POLL_MS,
    bytes_max: BYTES_MAX,
    id_columns: [],
    row_times: AUTO_TIMES,
  }, {
    read: fetchReader(send, now, undefined, deadline),
    epoch_ms: now,
    monotonic_ms: () => time.now_ms,
    random: () => 0.5,
    later: time.later,
    nextId: () => `own-${++id}`,
    hash_key: { low: 1, high: 2 },
  }, (outcome) => outcomes.push(outcome));
  let held: SnapshotData | null = null;
  const may_be_empty = parts.some((part) => /^x-shard:/im.test(part));
  /** Polls once; returns the broken invariant. */
  const poll = async (answer: RawAnswer): Promise<string | null> => {
    next[0] = answer;
    const before = outcomes.length;
    if (before === 0) poller.start();
    // Retry-After may delay the next poll for long.
    for (let n = 0; n < 400 && outcomes.length === before; n++) {
      await time.pass(n < 200 ? 10 : 60_000);
    }
    const outcome = outcomes[before];
    if (outcome === undefined) return "no poll ended";
    if (outcomes.length > before + 1) return null;
    const { snapshot, stats } = outcome;
    held = snapshot ?? held;
    return brokenStats(stats, held, may_be_empty) ?? (snapshot && brokenRows(snapshot, answer));
  };
  try {
    for (const part of parts) {
      const problem = await poll(answerOf(part));
      if (problem !== null) return problem;
    }
    for (let n = 1; n <= GOOD_POLLS_MAX; n++) {
      const answer = answerOf(good(n));
      const problem = await poll({ ...answer, head: [`content-length: ${answer.body.length}`] });
      if (problem !== null) return problem;
    }
    const rows = held === null ? [] : rowsOf((held as SnapshotData).table);
    return rows[0]?.[0] === "good-0"
      ? null
      : `good data is not accepted: ${JSON.stringify(poller.stats)}`;
  } finally {
    poller.stop();
  }
}

/** @param may_be_empty Whether a source that is a shard has answered: its list may be empty. */
function brokenStats(
  stats: PollerStats,
  held: SnapshotData | null,
  may_be_empty: boolean,
): string | null {
  const { polls, successes, failures, failures_by_cause } = stats;
  const by_cause = Object.values(failures_by_cause).reduce((sum, count) => sum + count!, 0);
  if (polls !== successes + failures || failures !== by_cause) {
    return `counters do not add up: ${JSON.stringify(stats)}`;
  }
  if (failures_by_cause.internal) return `internal error: ${stats.last_error?.detail}`;
  if (stats.snapshot_id !== (held?.id ?? null)) {
    return `good data is lost: ${JSON.stringify(stats)}`;
  }
  return held !== null && stats.rows === 0 && !may_be_empty ? "good data is blank: no rows" : null;
}

/** Compares accepted rows with those that a plain reader finds in the body. */
function brokenRows({ table }: SnapshotData, { head, body }: RawAnswer): string | null {
  if (table.length > BYTES_MAX) return `limit is exceeded: ${table.length} bytes`;
  if (head.some((line) => /^content-(encoding|type)/i.test(line))) return null;
  const expected = plainRows(body);
  if (expected === null) return null;
  const known = new Set(expected.map((row) => JSON.stringify(row)));
  const strange = rowsOf(table).find((row) => !known.has(JSON.stringify(row)));
  return strange === undefined
    ? null
    : `row is not in the body: ${JSON.stringify(strange)} of ${JSON.stringify(body)}`;
}

/** Rows of a body, or null unless it is plain: UTF-8 with commas, without quotes. */
function plainRows(body: string): string[][] | null {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytesOfPart(body));
  } catch {
    return null;
  }
  if (/["\r\t;|\0]|^sep=/i.test(text)) return null;
  const [header, ...lines] = text.split("\n").filter((line) => line !== "");
  const columns = header.split(",").length;
  return lines.map((line) => line.split(",")).map((cells) => {
    const extra = cells.slice(columns).every((cell) => cell.trim() === "");
    // Trailing delimiters, in rows or in the header, are no cells.
    if (extra) {
      return [...cells.slice(0, columns), ...Array(Math.max(0, columns - cells.length)).fill("")];
    }
    return cells;
  });
}
