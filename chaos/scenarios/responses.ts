/** Faults of the source's HTTP responses: status, timing and ETag. */
import {
  age,
  badEtag,
  dataInterval,
  faultLength,
  fetchTime,
  longestBackoff,
  noMetastability,
  s,
  type Scenario,
  slowDrip,
  slowFirstByte,
  status,
  timeToDetect,
} from "../vocabulary/mod.ts";
import {
  AS_FAST_AS_BEFORE,
  delayedBy,
  freshAge,
  GENTLE,
  nextPoll,
  nextRetry,
  nextRetryAfterHang,
  nextTimeout,
  standardScenario,
  SURVIVES,
  SURVIVES_HANGING,
  timelineOf,
  UNAFFECTED,
} from "./promises.ts";

export const RESPONSES: readonly Scenario[] = [
  standardScenario("storm", {
    question: "What do clients see while the source answers most polls with 500?",
    claim: "A 500 is a failed poll: clients get the last snapshot, and the source no extra polls",
    faulted: SURVIVES,
    predicts: [timeToDetect().atMost(faultLength()), ...GENTLE],
    timeline: timelineOf(nextRetry(), status({ status: 500, share: 0.7, burst: 3 }).for(s(20))),
  }),
  standardScenario("retry-after", {
    question: "Does the poller honour Retry-After?",
    claim: "503 with Retry-After slows polling to the requested pace",
    faulted: SURVIVES,
    predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
    timeline: timelineOf(nextRetry(), status({ status: 503, retry_after_s: 1 }).for(s(20))),
  }),
  standardScenario("fail-first", {
    question: "How much does a short failure of the source cost?",
    claim: "Three 500 responses in a row cost three polls",
    faulted: [
      AS_FAST_AS_BEFORE,
      age().atMost(
        freshAge().plus(longestBackoff(), longestBackoff(), longestBackoff(), fetchTime()),
      ),
    ],
    predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
    timeline: timelineOf(nextRetry(), status({ status: 500, first_n: 3 }).for(s(20))),
  }),
  standardScenario("slow-first-byte", {
    question: "Does a slow first byte from the source make data old?",
    claim: "A first byte that is 400 ms late makes data that much older and delays no client",
    faulted: delayedBy(400),
    timeline: timelineOf(nextRetry(), slowFirstByte({ delay_ms: 400 }).for(s(20))),
  }),
  standardScenario("slow-drip", {
    question: "Is the poll timeout enforced on a slow drip?",
    claim: "The timeout covers the whole poll, not the pause between two bytes",
    faulted: SURVIVES_HANGING,
    predicts: [timeToDetect().atMost(nextTimeout().plus(dataInterval())), ...GENTLE],
    timeline: timelineOf(nextRetryAfterHang(), slowDrip({ bytes_per_s: 200 }).for(s(20))),
  }),
  standardScenario("etag-changing", {
    question: "What happens when the ETag changes but the data does not?",
    claim: "Polls that could have been 304 carry data, and clients notice no difference",
    faulted: UNAFFECTED,
    timeline: timelineOf(nextRetry(), badEtag({ mode: "changing" }).for(s(20))),
  }),
  standardScenario("etag-same", {
    question: "What happens when the data changes but the ETag does not?",
    claim: "Served data may be older than the source's, and reports its true age",
    faulted: SURVIVES,
    predicts: [noMetastability()],
    timeline: timelineOf(nextRetry(), badEtag({ mode: "same_for_other" }).for(s(20))),
  }),
];
