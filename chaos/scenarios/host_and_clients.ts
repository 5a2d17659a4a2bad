/** Faults of processes, of the machine, and of the subject's clients. */
import {
  age,
  at,
  baseline,
  coldStartRefused,
  connectionFlood,
  cpu,
  decoupling,
  fixed,
  kill,
  latency,
  listReaders,
  loadErrors,
  loadStep,
  memoryPer1000,
  memoryPerPoll,
  ms,
  noBadData,
  noCutAnswers,
  noMetastability,
  noUnlabelledStale,
  p95,
  probeErrors,
  recover,
  refuse,
  reset,
  restartBoth,
  s,
  type Scenario,
  slowClients,
  timeToDetect,
} from "../vocabulary/mod.ts";
import {
  ANSWERS_RIGHT,
  FRESH,
  GENTLE,
  nextPoll,
  nextRetry,
  slowed,
  standardScenario,
  SURVIVES,
  timelineOf,
  UNAFFECTED,
} from "./promises.ts";

const LISTS = "lists of 5 MB are garbage for a while";

/** Shorter than the second within which a stopping process must finish its answers. */
const LIST_PAUSE_MS = 700;

export const HOST_AND_CLIENTS: readonly Scenario[] = [
  standardScenario("source-killed", {
    question: "What do clients see when the source is killed and restarted?",
    claim: "Clients get the last snapshot until the new source is up, then its data at once",
    faulted: SURVIVES,
    predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
    timeline: timelineOf(nextRetry(), kill("data_server").for(s(15))),
  }),
  standardScenario("cold-start", {
    question: "How does a subject respond that starts while its source is down?",
    claim:
      "It responds 503 with a reason, never an empty 200, and serves data once the source is up",
    always: [noUnlabelledStale(), noBadData()],
    cold_start: true,
    predicts: [coldStartRefused(), noMetastability()],
    timeline: timelineOf(nextRetry(), refuse("source").for(s(15))),
  }),
  standardScenario("restart-both", {
    question: "Does data flow again after a full restart?",
    claim: "Source and subject restart in any order, and data flows again without help",
    always: [noUnlabelledStale(), noBadData()],
    unfaulted: [
      ...FRESH,
      loadErrors().atMost(0, "both are up"),
      probeErrors().atMost(0, "both are up"),
    ],
    predicts: [noMetastability()],
    // Long enough that a process lives for the samples its memory is judged by.
    timeline: [
      at(s(0), baseline(s(15))),
      at(s(15), restartBoth().for(s(10))),
      at(s(25), recover({ within: nextRetry().plus(fixed(s(2), "first snapshot")), stable: 3 })),
    ],
  }),
  standardScenario("graceful-stop", {
    question: "Does a stop by SIGTERM cut answers in progress?",
    claim: "Answers in progress are finished, and the next process serves at once",
    // A list of 5 MB: Linux takes 4.2 MB of an answer that is not read (the maximum of tcp_wmem).
    settings: { switches: 8_000, data_env: { DATA_FIELDS: "30" } },
    always: [noUnlabelledStale(), noBadData()],
    unfaulted: [loadErrors().atMost(0, "the subject runs")],
    predicts: [
      noCutAnswers(),
      memoryPerPoll().atMost(10, LISTS),
      memoryPer1000().atMost(100, LISTS),
      noMetastability(),
    ],
    timeline: [
      at(s(0), baseline(s(10))),
      at(s(10), listReaders({ connections: 3, pause_ms: LIST_PAUSE_MS }).for(s(15))),
      at(s(15), kill("subject", { signal: "SIGTERM" }).for(s(5))),
      at(s(25), recover({ within: nextRetry().plus(fixed(s(2), "first snapshot")), stable: 3 })),
    ],
  }),
  standardScenario("herd", {
    question: "Is there a thundering herd when the source returns?",
    claim: "Four subjects spread their retries: each polls about once in the first poll interval",
    faulted: SURVIVES,
    settings: { subjects: 4 },
    predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
    timeline: timelineOf(nextRetry(), refuse("source").for(s(15))),
  }),
  standardScenario("decoupling", {
    question: "Do more clients cause more polls?",
    claim: "Ten times the requests do not change the poll rate",
    always: ANSWERS_RIGHT,
    faulted: FRESH,
    load: { profile: "waves", env: { VUS: "50", WAVE_MS: "450" } },
    predicts: [
      decoupling().atMost(1.15, "polls follow their own clock, give or take one poll"),
      noMetastability(),
    ],
    timeline: timelineOf(nextRetry(), loadStep({ factor: 10 }).for(s(20))),
  }),
  standardScenario("cpu-starved", {
    question: "What does a busy neighbor cost clients?",
    claim: "Responses get slower but stay correct, and polls keep their pace",
    always: ANSWERS_RIGHT,
    faulted: [age().atMost(slowed(500)), p95().atMost(ms(100), "two busy neighbors")],
    predicts: [noMetastability()],
    timeline: timelineOf(nextRetry(), cpu({ workers: 2, share: 0.8 }).for(s(15))),
  }),
  standardScenario("slow-clients", {
    question: "Do slow readers delay other clients?",
    claim: "Fifty slow readers delay no other client and leak no socket",
    faulted: UNAFFECTED,
    predicts: [noMetastability()],
    timeline: timelineOf(
      nextRetry(),
      slowClients({ connections: 50, bytes_per_s: 100 }).for(s(15)),
    ),
  }),
  standardScenario("connection-flood", {
    question: "Do idle connections keep other clients out?",
    claim: "Three hundred idle connections delay no other client and leak no socket",
    faulted: UNAFFECTED,
    predicts: [noMetastability()],
    timeline: timelineOf(
      nextRetry(),
      connectionFlood({ connections: 300, rate_per_s: 100 }).for(s(15)),
    ),
  }),
  standardScenario("client-latency", {
    question: "Do distant clients affect the polls?",
    claim: "Clients that are 50 ms away wait 50 ms longer, and data stays fresh",
    always: ANSWERS_RIGHT,
    faulted: [...FRESH, p95().atMost(ms(100), "50 ms of latency and the queue behind it")],
    predicts: [noMetastability()],
    timeline: timelineOf(nextRetry(), latency("client", { delay_ms: 50 }).for(s(15))),
  }),
  standardScenario("client-resets", {
    question: "Do reset client connections leak?",
    claim:
      "Reset connections leak neither sockets nor memory, and the next client is served as before",
    always: [noUnlabelledStale(), noBadData()],
    unfaulted: [
      ...FRESH,
      loadErrors().atMost(0, "connections work"),
      probeErrors().atMost(0, "connections work"),
    ],
    predicts: [
      noMetastability(),
    ],
    timeline: timelineOf(nextRetry(), reset("client").for(s(10))),
  }),
];
