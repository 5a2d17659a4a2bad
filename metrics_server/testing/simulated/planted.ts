/** Defects planted at the seams of a subject. Each shows only under two faults at once. */
import type { FromPollWorker } from "../../messages.ts";
import type { Send, SourceReader } from "../../poll/mod.ts";
import type { SimulatedRedis } from "../../replicas/testing/simulated_redis.ts";
import { Snapshot } from "../../snapshot/mod.ts";
import type { Invariant } from "./observer.ts";
import type { Subject } from "./subject.ts";

/** What a plant does to one subject, or to the store. */
interface Hooks {
  send?(send: Send): Send;
  read?(read: SourceReader): SourceReader;
  message?(message: FromPollWorker, subject: Subject): void;
  redis?(redis: SimulatedRedis): void;
  /** Whether a new poll worker does not learn what the one before handed over. */
  readonly forgets?: boolean;
}

export interface Plant {
  readonly name: string;
  readonly breaks: Invariant;
  /** Kinds of the two faults that it needs. */
  readonly needs: readonly [RegExp, RegExp];
  /** New ones for each poll worker. */
  hooks(): Hooks;
}

const FAILING = /^(tcp|http|process|subject\.no_source)/;
const REFUSED = /^http\.(html|cut_body|wrong_length|torn|duplicate|status|oversized|endless)|tcp/;
const STORE = /store/;
const SLOW = /slow|latency|bandwidth|slicer|hang|endless|freeze|lost_replies/;
const LEASE_LOST = /store|leader|subject|worker/;

/** Makes the served snapshot look as if it were new. */
function redate({ store, epoch_ms }: Subject): void {
  const held = store.sources[0];
  if (held.snapshot === null) return;
  const { data } = held.snapshot;
  held.snapshot = new Snapshot({ ...data, taken_ms: epoch_ms, not_after_ms: epoch_ms });
}

export const PLANTS: readonly Plant[] = [
  {
    name: "a reset within the body of a redirect or an error is never noticed",
    breaks: "recovery",
    needs: [/^http\.status/, /^(tcp|http|process)/],
    hooks: () => ({
      send: (send) => async (url, init) => {
        const response = await send(url, init);
        if (response.status === 200 || response.status === 304) return response;
        const body = await response.arrayBuffer().catch(() => null);
        return body === null ? await new Promise<never>(() => {}) : new Response(body, response);
      },
    }),
  },
  {
    name: "a clock that is set back while polls fail makes the data new",
    breaks: "time",
    needs: [/^clock\.skew/, FAILING],
    hooks() {
      let skew_ms = 0;
      return {
        message(message, subject) {
          if (message.kind !== "poll") return;
          const is_back = subject.skew_ms < skew_ms;
          skew_ms = subject.skew_ms;
          if (is_back && message.event === "poll.error") redate(subject);
        },
      };
    },
  },
  {
    name: "a 304 after a refused body makes the data new",
    breaks: "time",
    needs: [REFUSED, /^http\.(status|cached|stale|bad_etag)|^process/],
    hooks() {
      let is_refused = false;
      return {
        message(message, subject) {
          if (message.kind !== "poll") return;
          const { event, fields } = message;
          const is_older = fields.cause === "older_snapshot";
          if (event === "poll.error") is_refused = fields.status === 200 && !is_older;
          else if (event === "poll.run") {
            if (is_refused && fields.status === 304) redate(subject);
            is_refused = false;
          }
        },
      };
    },
  },
  {
    name: "a clock that is wrong when a new poll worker starts makes the data new",
    breaks: "time",
    needs: [/^worker\.crash/, /^clock\.skew/],
    hooks: () => ({
      message(message, subject) {
        const goes_on = message.kind === "poll" && message.event === "snapshot.restored";
        if (goes_on && subject.skew_ms !== 0) redate(subject);
      },
    }),
  },
  {
    name: "the first answer to a new poll worker is believed to be new, though it is older",
    breaks: "age",
    needs: [/^worker\.crash/, /^http\.(stale|cached)/],
    hooks() {
      let held_ms = NaN;
      return {
        message(message, subject) {
          if (message.kind !== "poll" || message.event !== "snapshot.restored") return;
          held_ms = subject.store.oldest_taken_ms;
        },
        read: (read) => async (request, openSink) => {
          const { times, ...answer } = await read(request, openSink);
          const is_older = answer.status === 200 && times.snapshot_ts < held_ms;
          held_ms = NaN;
          const snapshot_ts = is_older ? times.answered_ms : times.snapshot_ts;
          const cache_age_ms = is_older ? NaN : times.cache_age_ms;
          const date_ms = is_older ? NaN : times.date_ms;
          return { ...answer, times: { ...times, snapshot_ts, cache_age_ms, date_ms } };
        },
      };
    },
  },
  {
    name: "a lease that ends while an entry is on its way does not stop the publication",
    breaks: "store",
    needs: [LEASE_LOST, SLOW],
    hooks: () => ({
      redis(redis) {
        const uploading = new Map<string, number>();
        const set = redis.uploads.set.bind(redis.uploads);
        redis.uploads.set = (key, bytes) => {
          const { owner = "", fence = 0 } = redis.lease ?? {};
          if (key.includes(`:${owner}:`)) uploading.set(owner, fence);
          return set(key, bytes);
        };
        const owns = redis.owns.bind(redis);
        redis.owns = (owner, fence) => owns(owner, fence) || uploading.get(owner) === fence;
        const hold = redis.hold.bind(redis);
        redis.hold = (...holding) => {
          const lease = hold(...holding);
          // A leader that hears of the loss gives up.
          if (lease.leader !== holding[0]) uploading.delete(holding[0]);
          return lease;
        };
      },
    }),
  },
  {
    name: "a new poll worker starts with what is published, not with what is served",
    breaks: "order",
    needs: [/^worker\.crash/, STORE],
    hooks: () => ({ forgets: true }),
  },
  {
    name: "an older answer shortly after a restart of the source is believed to be new",
    breaks: "age",
    needs: [/data_server|restart_both/, /^http\.(stale|cached)/],
    hooks() {
      let boot = "";
      let answers = Infinity;
      let newest_ms = 0;
      return {
        read: (read) => async (request, openSink) => {
          const answer = await read(request, openSink);
          if (answer.status !== 200) return answer;
          const [next] = answer.etag?.split("-") ?? [boot];
          if (boot !== "" && next !== boot) answers = 0;
          boot = next;
          const { answered_ms, snapshot_ts } = answer.times;
          const is_older = snapshot_ts < newest_ms;
          newest_ms = Math.max(newest_ms, snapshot_ts);
          if (answers++ > 2 || !is_older) return answer;
          return {
            ...answer,
            times: { ...answer.times, snapshot_ts: answered_ms, cache_age_ms: NaN },
          };
        },
      };
    },
  },
];
