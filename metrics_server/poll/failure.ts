/** A failed poll, whatever threw, as data. */
import type { PollCause } from "../../contracts/mod.ts";
import { ParseError } from "../parse/mod.ts";
import { type Doubt, DoubtError } from "./doubt.ts";
import { messages, PollError } from "./poll_error.ts";

/** What is told of a failed poll. */
export interface Failure {
  readonly cause: PollCause;
  readonly detail: string;
  readonly status: number;
  readonly retry_after_ms: number;
  /** Why an answer that may be right after all was refused. */
  readonly doubt?: Doubt;
}

/** Names the cause of an error thrown during a poll. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof PollError) {
    const { cause_word: cause, message: detail, status, retry_after_ms } = error;
    const failure = { cause, detail, status, retry_after_ms };
    return error instanceof DoubtError ? { ...failure, doubt: error.doubt } : failure;
  }
  if (error instanceof ParseError) {
    return { cause: error.cause_word, detail: error.message, status: 200, retry_after_ms: 0 };
  }
  const detail = error instanceof Error ? messages(error) : String(error);
  return { cause: "internal", detail, status: 0, retry_after_ms: 0 };
}
