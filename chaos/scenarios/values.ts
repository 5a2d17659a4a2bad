/** Faults of the values the source sends: timestamps, counters and cells. */
import {
  age,
  clockSkew,
  counterReset,
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
  probeErrors,
  refuse,
  refusesRightly,
  removedRows,
  s,
  type Scenario,
  slicer,
} from "../vocabulary/mod.ts";
import {
  ANSWERED,
  AS_FAST_AS_BEFORE,
  FAST,
  FRESH,
  freshAge,
  GENTLE,
  nextRetry,
  slowed,
  standardScenario,
  SURVIVES,
  threeSnapshots,
  timelineOf,
  TRUE,
  UNAFFECTED,
} from "./promises.ts";

/** Older than any data without faults, and younger than the outage of the short version is long. */
const MAX_STALE_MS = 3_000;

/** Each row has its own time: the ports of a snapshot are read one after the other. */
const ROWS_READ = fixed(ms(100), "rows are older than their snapshot");

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
      ...FAST,
      noBadData(),
    ],
    // Lifting the fault sets the clock back, which the subject doubts until it has recovered.
    unfaulted: [age().atMost(freshAge().plus(threeSnapshots(), longestBackoff()))],
    faulted: [AS_FAST_AS_BEFORE, age().atMost(freshAge().plus(threeSnapshots(), longestBackoff()))],
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
      ...FAST,
      noUnlabelledStale(),
    ],
    faulted: UNAFFECTED,
    timeline: timelineOf(nextRetry(), counterReset().for(s(20))),
  }),
  standardScenario("rows-removed", {
    question: "What do clients see of a switch that the source no longer lists?",
    claim:
      "A removed switch is 404 by its name from the next poll on, until the source has it again",
    always: [...FAST, ...TRUE],
    unfaulted: [...FRESH, ...ANSWERED],
    faulted: [...UNAFFECTED, loadErrors().atMost(0.6, "half of the switches are gone")],
    predicts: [refusesRightly(), noMetastability()],
    timeline: timelineOf(nextRetry(), removedRows({ share: 0.5 }).for(s(20))),
  }),
  standardScenario("too-old", {
    question: "Is data refused once it is older than MAX_STALE_MS?",
    claim:
      "Data is served with its age up to MAX_STALE_MS, then refused with a reason, never before",
    settings: { max_stale_ms: MAX_STALE_MS },
    always: [...FAST, ...TRUE],
    unfaulted: [...FRESH, ...ANSWERED],
    faulted: [AS_FAST_AS_BEFORE, age().atMost(ms(MAX_STALE_MS), "MAX_STALE_MS")],
    predicts: [refusesRightly(), ...GENTLE],
    timeline: timelineOf(nextRetry(), refuse("source").for(s(20))),
  }),
  standardScenario("wide-counters", {
    question: "Are 64-bit counters served to the last digit?",
    claim: "Counters above 2^53 keep every digit, though they arrive in small segments",
    settings: { switches: 4, data_env: { DATA_PROFILE: "ufm", DATA_PORTS: "8" } },
    unfaulted: [age().atMost(freshAge().plus(ROWS_READ))],
    faulted: [AS_FAST_AS_BEFORE, age().atMost(slowed(200).plus(ROWS_READ))],
    timeline: timelineOf(
      nextRetry(),
      slicer("source", { average_bytes: 100, variation_bytes: 50, delay_us: 1000 }).for(s(20)),
    ),
  }),
  standardScenario("na-flood", {
    question: "How are N/A cells served?",
    claim: "A missing value is served as null, not as an error or an old value",
    faulted: UNAFFECTED,
    timeline: timelineOf(nextRetry(), naFlood({ share: 0.5 }).for(s(20))),
  }),
];
