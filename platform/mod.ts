/** What both services stand on: configuration, log, latency, problem answers, listening, stopping. */
export { AnswerCut } from "./answer_cut.ts";
export { joinBytes } from "./bytes.ts";
export * from "./clock.ts";
export * from "./conditional.ts";
export * from "./env/mod.ts";
export * from "./listen.ts";
export * from "./log/mod.ts";
export * from "./metrics/mod.ts";
export * from "./problem.ts";
export * from "./request_target.ts";
export * from "./stop.ts";
export * from "./tracing.ts";
