/** Faults of the body the source sends: its form, its size and its rows. */
import {
  age,
  cutBody,
  dataInterval,
  duplicateColumn,
  duplicateRows,
  endlessBody,
  html,
  loadErrors,
  memoryPer1000,
  memoryPerPoll,
  noBadData,
  noUnlabelledStale,
  oversizedBody,
  p95Ratio,
  pollTimeout,
  probeErrors,
  reorderColumns,
  s,
  type Scenario,
  timeToDetect,
  tornRows,
  wrongLength,
} from "../vocabulary/mod.ts";
import {
  FAST,
  FRESH,
  GENTLE,
  nextPoll,
  nextRetry,
  nextRetryAfterHang,
  outageAge,
  standardScenario,
  SURVIVES,
  SURVIVES_HANGING,
  timelineOf,
  UNAFFECTED,
} from "./promises.ts";

/** A sample with torn rows stays the last good one until the next sample. */
const STILL_SERVED = "torn rows are served until the next sample";
const TORN_CELLS = "5 % of the rows are torn, some of them with probed cells";

/** A refused body is garbage outside V8's heap, which is collected at 64 MB. */
const GARBAGE = "one body up to the limit, until the garbage is collected";

export const BODIES: readonly Scenario[] = [
  standardScenario("html", {
    question: "Is an HTML error page with status 200 taken for data?",
    claim: "An HTML page is not a sample: it is rejected, and clients get the last snapshot",
    faulted: SURVIVES,
    predicts: [timeToDetect().atMost(nextPoll().plus(dataInterval())), ...GENTLE],
    timeline: timelineOf(nextRetry(), html().for(s(20))),
  }),
  standardScenario("corrupt", {
    question: "Is corrupt data ever served?",
    claim:
      "Truncated bodies, torn rows and rows without a clear identity never become the served snapshot",
    faulted: SURVIVES,
    timeline: timelineOf(
      nextRetry(),
      cutBody({ share_kept: 0.6 }).for(s(7)),
      tornRows({ share: 0.5 }).for(s(7)),
      duplicateColumn().for(s(7)),
    ),
  }),
  standardScenario("cut-body", {
    question: "Is a truncated body taken for a complete one?",
    claim: "A truncated body is rejected, and no switch disappears",
    faulted: SURVIVES,
    predicts: [timeToDetect().atMost(nextPoll().plus(dataInterval())), ...GENTLE],
    timeline: timelineOf(nextRetry(), cutBody({ share_kept: 0.6 }).for(s(20))),
  }),
  standardScenario("wrong-length", {
    question: "Is a body accepted that is shorter than its Content-Length?",
    claim: "A body shorter than its Content-Length is rejected as truncated",
    faulted: SURVIVES_HANGING,
    timeline: timelineOf(nextRetryAfterHang(), wrongLength({ delta_bytes: 100 }).for(s(20))),
  }),
  standardScenario("oversized-body", {
    question: "Does an oversized body fill the memory?",
    claim: "A body over the size limit fails the poll, and memory does not grow",
    faulted: SURVIVES_HANGING,
    settings: { subject_env: { UPSTREAM_MAX_BYTES: "1048576" } },
    predicts: [memoryPerPoll().atMost(1, GARBAGE), ...GENTLE],
    timeline: timelineOf(nextRetryAfterHang(), oversizedBody({ bytes: 16_777_216 }).for(s(20))),
  }),
  standardScenario("endless-body", {
    question: "Does the poll of an endless body end?",
    claim: "The size limit or the timeout ends the poll, and clients notice no difference",
    faulted: [
      age().atMost(outageAge().plus(pollTimeout())),
      p95Ratio().atMost(2, "a body at full speed occupies a core of a small machine"),
    ],
    settings: { subject_env: { UPSTREAM_MAX_BYTES: "4194304" } },
    predicts: [memoryPerPoll().atMost(4, GARBAGE), memoryPer1000().atMost(10, GARBAGE), ...GENTLE],
    timeline: timelineOf(nextRetryAfterHang(), endlessBody().for(s(20))),
  }),
  standardScenario("torn-rows-few", {
    question: "Are the good rows served when a few rows are torn?",
    claim: "Torn rows are dropped, and all other rows are served fresh",
    always: [...FAST, noUnlabelledStale(), noBadData()],
    unfaulted: [
      ...FRESH,
      loadErrors().atMost(0.02, STILL_SERVED),
      probeErrors().atMost(0.02, STILL_SERVED),
    ],
    faulted: [
      ...UNAFFECTED,
      loadErrors().atMost(0.2, TORN_CELLS),
      probeErrors().atMost(0.2, TORN_CELLS),
    ],
    timeline: timelineOf(nextRetry(), tornRows({ share: 0.015 }).for(s(20))),
  }),
  standardScenario("duplicate-rows", {
    question: "How are duplicate rows handled?",
    claim: "The first of two rows counts, and the sample is accepted",
    faulted: UNAFFECTED,
    timeline: timelineOf(nextRetry(), duplicateRows({ share: 0.2 }).for(s(20))),
  }),
  standardScenario("reorder-columns", {
    question: "Are values matched by column name or by position?",
    claim: "Columns in another order are the same data",
    faulted: UNAFFECTED,
    timeline: timelineOf(nextRetry(), reorderColumns().for(s(20))),
  }),
];
