/** `GET /telemetry/GetMetric`: one value of one switch, cached per URL and snapshot. */
import { rateName, type Shard } from "../../contracts/mod.ts";
import type { Store } from "../store.ts";
import type { AccessLog } from "./access_log.ts";
import { absentSwitch } from "./absent_switch.ts";
import {
  type AgeBound,
  ageBound,
  ageOf,
  type DataMark,
  dataMark,
  dataResponse,
  readMaxAge,
} from "./data_response.ts";
import type { FreshnessRules } from "./freshness.ts";
import { unknownMetric } from "./not_found.ts";
import { badFlag, badMaxAge, badParameter, tooStale } from "./problems.ts";
import { Query, readFlag } from "./query.ts";

export const GET_METRIC_PARAMETERS = ["switch_id", "metric", "rate", "max_age_ms"] as const;
const [SWITCH_ID, METRIC, RATE, MAX_AGE_MS] = GET_METRIC_PARAMETERS;

/** Most URLs whose answer is cached until the next snapshot. */
export const ANSWERS_MAX = 8192;

const ANSWER_URL_CHARS_MAX = 512;

/** Longest answer that is cached: a source's text of a megabyte must not be kept for each URL. */
const ANSWER_BODY_CHARS_MAX = 2048;

/** An answer without its age. */
interface Answer extends DataMark {
  /** Body up to the age, without the final `}`. */
  readonly body: string;
  readonly taken_ms: number;
  readonly bound: AgeBound;
  /** Names switch and metric in the access log; 0: it does not. */
  readonly label: number;
}

export interface ServeLimits extends FreshnessRules {
  /** READY_REQUIRES: how many sources must have data within MAX_STALE_MS. */
  readonly ready_requires: "any" | "all";
  readonly retry_after_s: number;
  /** Longest list as JSON. */
  readonly list_bytes_max: number;
  /** METRICS_FABRIC_COLUMNS. */
  readonly fabric_columns?: readonly string[];
  /** Rows that this process has; absent: all. */
  readonly shard?: Shard;
}

/**
 * Answers GetMetric. Clients repeat a few URLs, and only the age changes between two snapshots, so
 * each answer is computed once per snapshot and URL.
 */
export class GetMetric {
  readonly #answers = new Map<string, Answer>();
  #version = -1;
  /** Label of the last answer that was computed; 0 if it was an error. */
  last_label = 0;

  constructor(
    readonly store: Store,
    readonly limits: ServeLimits,
    readonly access: Pick<AccessLog, "nameAnswer">,
  ) {}

  /** The answer to a URL requested since the last snapshot, or null. */
  remembered(url: string): Answer | null {
    if (this.#version !== this.store.version) return null;
    return this.#answers.get(url) ?? null;
  }

  /** Computes an answer and caches it. `query` has no `?`. */
  answer(url: string, query: string, now_ms: number): Response {
    this.last_label = 0;
    this.#forgetOld();
    const answer = this.#compute(query);
    if (answer instanceof Response) return answer;
    this.last_label = answer.label;
    this.#remember(url, answer);
    return this.send(answer, now_ms);
  }

  /** A response with the current age. */
  send(answer: Answer, now_ms: number): Response {
    const age_ms = ageOf(answer.taken_ms, now_ms);
    const { max_ms, bound } = answer.bound;
    if (age_ms > max_ms) return tooStale(age_ms, max_ms, bound, this.limits.retry_after_s);
    return dataResponse(`${answer.body}${age_ms}}`, answer, age_ms);
  }

  #compute(text: string): Answer | Response {
    const query = new Query(text);
    const switch_id = query.required(SWITCH_ID);
    if (typeof switch_id !== "string") return badParameter(switch_id);
    const metric = query.required(METRIC);
    if (typeof metric !== "string") return badParameter(metric);
    const max_age = query.optional(MAX_AGE_MS);
    if (typeof max_age === "object" && max_age !== null) return badParameter(max_age);
    const max_age_ms = readMaxAge(max_age);
    if (max_age_ms === null) return badMaxAge(max_age!);
    const rate = query.optional(RATE);
    if (typeof rate === "object" && rate !== null) return badParameter(rate);
    const wants_rate = readFlag(rate);
    if (wants_rate === null) return badFlag(RATE, rate!);
    const bound = ageBound(max_age_ms, this.limits.max_stale_ms);
    return this.#lookUp(switch_id, metric, wants_rate, bound);
  }

  #lookUp(
    switch_id: string,
    metric: string,
    wants_rate: boolean,
    bound: AgeBound,
  ): Answer | Response {
    const found = this.store.find(switch_id);
    if (found === null) return absentSwitch(switch_id, this.store.missing(), this.limits);
    const { snapshot, row } = found;
    const column = snapshot.column(metric);
    if (column < 0) {
      const { repeated } = snapshot.data.topology.header;
      return unknownMetric(metric, switch_id, snapshot.metrics(), repeated);
    }
    const { token, taken_ms } = snapshot.read(row, column);
    const { id } = snapshot.data;
    const rate = wants_rate ? `,"rate":${snapshot.named(row, rateName(metric))}` : "";
    const body = `{"switch_id":${JSON.stringify(switch_id)},"metric":${JSON.stringify(metric)},` +
      `"value":${token}${rate},"snapshot_id":${JSON.stringify(id)},"age_ms":`;
    // Later answers get other numbers; beyond the cache, each is the last one.
    const label = this.access.nameAnswer(this.#answers.size + 1, switch_id, metric);
    return { body, ...dataMark(id, taken_ms), taken_ms, bound, label };
  }

  #forgetOld(): void {
    if (this.#version === this.store.version) return;
    this.#answers.clear();
    this.#version = this.store.version;
  }

  #remember(url: string, answer: Answer): void {
    const is_short = url.length <= ANSWER_URL_CHARS_MAX &&
      answer.body.length <= ANSWER_BODY_CHARS_MAX;
    if (this.#answers.size < ANSWERS_MAX && is_short) {
      this.#answers.set(url, answer);
    }
  }
}
