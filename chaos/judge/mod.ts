/** From a journal to a verdict, purely. */
export * from "./judgement.ts";
export { judgeRun } from "./verdict.ts";
export { counted, duration, instant, quantity } from "./quantity.ts";
export { type FaultSpan, readRun, type Run } from "./run.ts";
export type { Span } from "./span.ts";
export { baseline, faultsOn, spansOf } from "./spans.ts";
export { bucketPercentile, countOf } from "./histogram.ts";
export { METASTABLE_MS_MIN } from "./limits.ts";
export { dataProbes, goodAnswers } from "./measures/data_probes.ts";
export { MEASURES } from "./measures/mod.ts";
