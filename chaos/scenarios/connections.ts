/** Faults of the connection to the source. */
import {
  at,
  bandwidth,
  baseline,
  flap,
  hang,
  herd,
  latency,
  limitData,
  noMetastability,
  recover,
  refuse,
  reset,
  retryAmplification,
  s,
  type Scenario,
  slicer,
  slowClose,
  timeToDetect,
} from "../vocabulary/mod.ts";
import {
  delayedBy,
  GENTLE,
  nextPoll,
  nextRetry,
  nextRetryAfterHang,
  nextTimeout,
  standardScenario,
  SURVIVES,
  SURVIVES_HANGING,
  timelineOf,
} from "./promises.ts";

export const CONNECTIONS: readonly Scenario[] = [
  standardScenario("outage", {
    question: "What do clients see while the source is gone?",
    claim:
      "Clients get the last snapshot with its true age, as fast as before, while the source is gone",
    faulted: SURVIVES,
    predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
    timeline: [
      at(s(0), baseline(s(10))),
      at(s(10), refuse("source").for(s(20))),
      at(s(30), recover({ within: nextRetry(), stable: 3 })),
    ],
    abort: { error_share: 0.5, for: s(3) },
  }),
  standardScenario("hang", {
    question: "What do clients see while the source accepts connections but never responds?",
    claim: "A hanging poll ends at its timeout and delays nothing else",
    faulted: SURVIVES_HANGING,
    predicts: [timeToDetect().atMost(nextTimeout()), ...GENTLE],
    timeline: timelineOf(nextRetryAfterHang(), hang("source").for(s(20))),
  }),
  standardScenario("resets", {
    question: "What do clients see while every connection to the source is reset?",
    claim: "A reset is a failed poll: it leaks neither a socket nor memory",
    faulted: SURVIVES,
    predicts: [
      timeToDetect().atMost(nextPoll()),
      ...GENTLE,
    ],
    timeline: timelineOf(nextRetry(), reset("source").for(s(20))),
  }),
  standardScenario("latency", {
    question: "Does a slow source make responses slow or data old?",
    claim: "A source that is 200 ± 50 ms away makes data that much older and delays no client",
    faulted: delayedBy(250),
    timeline: timelineOf(
      nextRetry(),
      latency("source", { delay_ms: 200, jitter_ms: 50 }).for(s(20)),
    ),
  }),
  standardScenario("latency-beyond-timeout", {
    question: "What happens when the source responds after the poll timeout?",
    claim: "A response after the timeout counts as a failed poll, not as a slow one",
    faulted: SURVIVES_HANGING,
    predicts: [timeToDetect().atMost(nextTimeout()), ...GENTLE],
    timeline: timelineOf(nextRetryAfterHang(), latency("source", { delay_ms: 5000 }).for(s(20))),
  }),
  standardScenario("bandwidth", {
    question: "Does low bandwidth to the source make data old?",
    claim: "At 20 kB/s polls take longer, and data stays fresh",
    faulted: delayedBy(300),
    timeline: timelineOf(nextRetry(), bandwidth("source", { rate_kb_per_s: 20 }).for(s(20))),
  }),
  standardScenario("slicer", {
    question: "Is a response in small segments parsed correctly?",
    claim: "A body that arrives in segments of about 100 bytes is the same body",
    faulted: delayedBy(200),
    timeline: timelineOf(
      nextRetry(),
      slicer("source", { average_bytes: 100, variation_bytes: 50, delay_us: 1000 }).for(s(20)),
    ),
  }),
  standardScenario("short-connections", {
    question: "Is the end of a connection within a body taken for the end of the data?",
    claim: "A cut response is discarded wherever the cut falls, and the next poll reconnects",
    faulted: SURVIVES,
    predicts: [noMetastability()],
    timeline: [
      at(s(0), baseline(s(10))),
      at(s(10), limitData("source", { bytes: 4000 }).for(s(20))),
      at(s(10), slowClose("source", { delay_ms: 100 }).for(s(20))),
      at(s(30), recover({ within: nextRetryAfterHang(), stable: 3 })),
    ],
  }),
  flapping("flap-half", "What happens when the source flaps twice as fast as it is polled?", 0.5),
  flapping("flap-poll", "What happens when the source flaps in step with the polls?", 1),
  flapping("flap-double", "What happens when the source flaps half as fast as it is polled?", 2),
];

/** @param polls How long the source is up, and how long it is down, in poll intervals. */
function flapping(name: string, question: string, polls: number): Scenario {
  return standardScenario(name, {
    question,
    claim:
      "Some polls fail, data gets no older than it must, and retries do not follow the flapping",
    faulted: SURVIVES,
    predicts: [
      retryAmplification().atMost(2, "a failed poll is retried within two intervals on average"),
      herd().atMost(3, "a retry and the next poll may coincide"),
      noMetastability(),
    ],
    timeline: timelineOf(
      nextRetry(),
      flap("source", { up_of_poll: polls, down_of_poll: polls }).for(s(20)),
    ),
  });
}
