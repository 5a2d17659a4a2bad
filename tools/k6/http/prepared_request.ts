/** A request ready to send: its bytes, and the tags of its samples. */
import { buildRequest } from "../../http/mod.ts";
import type { TagSet } from "../metrics/metric.ts";
import type { ExchangeRequest, Target } from "./exchange.ts";
import type { RequestBody } from "./request_body.ts";
import type { ExpectedStatuses, Params, ResponseType } from "./request_params.ts";

/** The checked arguments and options of a request. */
export interface RequestPlan {
  readonly method: string;
  readonly target: Target;
  /** The tags `url` and `name`. */
  readonly tag_url: string;
  readonly tag_name: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: RequestBody | null;
  readonly tags: Params["tags"];
  readonly expected: ExpectedStatuses | null;
  readonly redirects_max: number;
  readonly response_type: ResponseType;
  readonly timeout_ms: number;
  readonly throws: boolean;
}

/** k6's system tags that the samples carry. */
export type SystemTags = ReadonlySet<string>;

export class PreparedRequest implements ExchangeRequest {
  readonly plan: RequestPlan;
  readonly endpoint;
  readonly bytes: Uint8Array;
  readonly is_head: boolean;
  readonly keep_body: boolean;
  readonly is_repeatable: boolean;
  readonly timeout_ms: number;
  readonly #system_tags: SystemTags;
  /** Tags by those of the VU, then by status. */
  readonly #by_base = new Map<TagSet, TagSet[]>();
  #last_base: TagSet | null = null;
  #last_outcomes: TagSet[] = [];

  /** @throws {TypeError} if a header's name or value contains a line end. */
  constructor(plan: RequestPlan, cookie: string, system_tags: SystemTags) {
    const { method, target, headers, body } = plan;
    this.plan = plan;
    this.endpoint = target.endpoint;
    const all = cookie === "" ? headers : [...headers, ["Cookie", cookie] as const];
    const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1];
    const request = buildRequest({
      method,
      host: host ?? target.endpoint.host,
      path: target.path,
      headers: all.filter(([name]) => !/^(host|content-length)$/i.test(name)),
      body: body?.bytes ?? (/^(POST|PUT|PATCH)$/.test(method) ? new Uint8Array(0) : undefined),
    });
    this.bytes = request.bytes;
    this.is_head = request.is_head;
    this.keep_body = plan.response_type !== "none";
    this.is_repeatable = /^(GET|HEAD|OPTIONS|PUT|DELETE)$/.test(method);
    this.timeout_ms = plan.timeout_ms;
    this.#system_tags = system_tags;
  }

  /** Tags of a response's samples; the same object for the same status and base. */
  responseTags(base: TagSet, status: number, proto: string): TagSet {
    if (base !== this.#last_base) {
      let outcomes = this.#by_base.get(base);
      if (outcomes === undefined) this.#by_base.set(base, outcomes = []);
      this.#last_base = base;
      this.#last_outcomes = outcomes;
    }
    return this.#last_outcomes[status] ??= this.#makeTags(base, status, {
      proto,
      ...(status >= 400 && { error_code: String(1000 + status) }),
    });
  }

  /** Tags of the samples of a failed exchange. */
  failureTags(base: TagSet, error: string, error_code: number): TagSet {
    return this.#makeTags(base, 0, { error, error_code: String(error_code) });
  }

  #makeTags(base: TagSet, status: number, more: Record<string, string>): TagSet {
    const { method, tag_url, tag_name, expected, tags } = this.plan;
    const system: Record<string, string> = {
      method,
      url: tag_url,
      name: tag_name,
      status: String(status),
      ...(expected !== null && { expected_response: String(expected.includes(status)) }),
      ...more,
    };
    let set = base;
    for (const name in system) {
      if (this.#system_tags.has(name)) set = set.with(name, system[name]);
    }
    return set.withAll(tags);
  }
}
