/** What the gate takes over of the figures: their claims and how these are judged. */
export { loadChecks, type RefreshRounds, sentLate } from "./refresh_checks.ts";
export { assertSame, judgeLog } from "./throughput.ts";
export { judgeClaim, judgeErrors, type LoadRounds, LOADS } from "./throughput_claims.ts";
