/** From a journal to a verdict. Pure. */
export * from "./judgement.ts";
export { judgeRun } from "./verdict.ts";
export { brokenInBaseline } from "./doubts.ts";
export { counted, duration, instant, quantity } from "./format.ts";
export { electionsOf, type RoleSpan } from "./replicas.ts";
export { skewsOf } from "./measures/sightings.ts";
export { type FaultSpan, readRun, type Run } from "./run.ts";
export { baseline, faultsOn, spansOf } from "./run_segments.ts";
export { bucketPercentile, countOf } from "./load_windows.ts";
export { latenciesOf } from "./latencies.ts";
export { LATENCY_MEASURES } from "./measures/latency.ts";
export { METASTABLE_MS_MIN } from "./limits.ts";
export { dataProbes, goodAnswers } from "./measures/responses.ts";
export { MEASURES } from "./measures/measures.ts";
