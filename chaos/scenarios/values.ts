/** Faults of the values the source sends: timestamps, counters and cells. */
import {
  age,
  clockSkew,
  counterReset,
  dataInterval,
  faultLength,
  fixed,
  frozenTimestamp,
  loadErrors,
  longestBackoff,
  ms,
  naFlood,
  noBadData,
  noMetastability,
  noUnlabelledStale,
  p95,
  probeErrors,
  s,
  type Scenario,
} from "../vocabulary/mod.ts";
import {
  AS_FAST_AS_BEFORE,
  freshAge,
  nextRetry,
  standardScenario,
  SURVIVES,
  timelineOf,
  UNAFFECTED,
} from "./promises.ts";

/** After a clock jumped back, the subject rejects three snapshots before it accepts the fourth. */
const threeSnapshots = () => dataInterval().plus(dataInterval(), dataInterval());

export const VALUES: readonly Scenario[] = [
  standardScenario("frozen-timestamp", {
    question: "Does data with a frozen timestamp count as fresh?",
    claim: "Data with a frozen timestamp gets older, however often a poll brings it",
    faulted: SURVIVES,
    predicts: [noMetastability()],
    timeline: timelineOf(nextRetry(), frozenTimestamp().for(s(20))),
  }),
  standardScenario("clock-ahead", {
    question: "Can a source clock that runs ahead hide the age of its data?",
    claim: "No reported age is negative or shorter than the time since the fetch",
    // Only the source's clock shows how old data was when it was fetched.
    always: [
      loadErrors().atMost(0, "the data itself is good"),
      probeErrors().atMost(0, "the data itself is good"),
      p95().atMost(ms(7)),
      noBadData(),
    ],
    // Lifting the fault sets the clock back, which the subject doubts at first.
    unfaulted: [age().atMost(freshAge().plus(threeSnapshots(), longestBackoff()))],
    faulted: UNAFFECTED,
    timeline: timelineOf(nextRetry(), clockSkew({ skew_ms: 60_000 }).for(s(20))),
  }),
  standardScenario("clock-back", {
    question: "Is a source accepted again after its clock was set back?",
    claim: "Older snapshots are rejected until the clock has clearly moved; values stay correct",
    faulted: [
      AS_FAST_AS_BEFORE,
      age().atMost(freshAge().plus(faultLength(), fixed(s(60), "clock set back"))),
    ],
    predicts: [noMetastability()],
    timeline: timelineOf(nextRetry(), clockSkew({ skew_ms: -60_000 }).for(s(20))),
  }),
  standardScenario("counter-reset", {
    question: "Does a switch whose counters restart at 0 look broken?",
    claim: "Counters that restart at 0 are ordinary data and stay fresh",
    // The fault changes the values, so they are not compared with the source's.
    always: [
      loadErrors().atMost(0, "the responses are complete"),
      probeErrors().atMost(0, "the responses are complete"),
      p95().atMost(ms(7)),
      noUnlabelledStale(),
    ],
    faulted: UNAFFECTED,
    timeline: timelineOf(nextRetry(), counterReset().for(s(20))),
  }),
  standardScenario("na-flood", {
    question: "How are N/A cells served?",
    claim: "A missing value is served as null, not as an error or an old value",
    faulted: UNAFFECTED,
    timeline: timelineOf(nextRetry(), naFlood({ share: 0.5 }).for(s(20))),
  }),
];
