/** Answers that the source never gave. */
import type { Answer } from "../answer.ts";
import type { Random } from "../../vocabulary/mod.ts";
import type { Effect } from "./effect.ts";

const encoder = new TextEncoder();

/** Bounds of `http.status`; see the vocabulary. */
export interface StatusParams {
  readonly status: number;
  readonly share: number;
  readonly burst: number;
  readonly first_n: number;
  readonly retry_after_s: number;
}

/**
 * A status in place of the sample: to the first `first_n` answers where that is not 0, else to
 * `share` of them in runs of `burst`.
 */
export function statusEffect(params: StatusParams, random: Random): Effect {
  const { status, share, burst, first_n, retry_after_s } = params;
  // A run starts with p; of all answers p·burst / (p·burst + 1 − p) are then in a run: `share`.
  const start_share = share / (burst * (1 - share) + share);
  let seen = 0, left_of_run = 0;
  const isHit = () => {
    seen++;
    if (first_n > 0) return seen <= first_n;
    if (left_of_run === 0 && random() < start_share) left_of_run = burst;
    return left_of_run > 0 && left_of_run-- > 0;
  };
  const headers: [string, string][] = [["Content-Type", "text/plain; charset=utf-8"]];
  if (retry_after_s > 0) headers.push(["Retry-After", String(retry_after_s)]);
  const body = encoder.encode(`status ${status} by a fault of the chaos lab\n`);
  const answer: Answer = { status, reason: "Injected", headers, body };
  return { instead: () => isHit() ? answer : null };
}

/** What a captive portal answers to everything. */
export function htmlEffect(): Effect {
  const body = encoder.encode(
    "<!doctype html>\n<html><head><title>Sign in</title></head>\n" +
      "<body><h1>Sign in to the network</h1><p>switch_id,bandwidth_gbps</p></body></html>\n",
  );
  const headers: [string, string][] = [["Content-Type", "text/html; charset=utf-8"]];
  return { instead: () => ({ status: 200, reason: "OK", headers, body }) };
}
