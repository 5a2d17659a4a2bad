/** Faults of processes, of the machine, and of the subject's clients. */
import {
  age,
  coldStartRefused,
  connectionFlood,
  cpu,
  decoupling,
  fixed,
  kill,
  latency,
  loadErrors,
  loadStep,
  memoryGrowth,
  ms,
  noBadData,
  noMetastability,
  noUnlabelledStale,
  p95,
  probeErrors,
  refuse,
  reset,
  restartBoth,
  s,
  type Scenario,
  scenario,
  slowClients,
  socketGrowth,
  timeToDetect,
} from "../vocabulary/mod.ts";
import {
  ANSWERS_RIGHT,
  FRESH,
  GENTLE,
  nextPoll,
  nextRetry,
  SERVES_ON,
  slowed,
  SURVIVES,
  timelineOf,
  UNAFFECTED,
} from "./promises.ts";

export const HOST_AND_CLIENTS: readonly Scenario[] = [
  scenario("source-killed", {
    question: "What do clients see when the source is killed and restarted?",
    claim: "Clients get the last snapshot until the new source is up, then its data at once",
    steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
    predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
    timeline: timelineOf(nextRetry(), kill("data_server").for(s(15))),
  }),
  scenario("cold-start", {
    question: "How does a subject respond that starts while its source is down?",
    claim:
      "It responds 503 with a reason, never an empty 200, and serves data once the source is up",
    steady: { always: [noUnlabelledStale(), noBadData()], unfaulted: FRESH },
    cold_start: true,
    predicts: [coldStartRefused(), noMetastability()],
    timeline: timelineOf(nextRetry(), refuse("source").for(s(15))),
  }),
  scenario("restart-both", {
    question: "Does data flow again after a full restart?",
    claim: "Source and subject restart in any order, and data flows again without help",
    steady: {
      always: [noUnlabelledStale(), noBadData()],
      unfaulted: [
        ...FRESH,
        loadErrors().atMost(0, "both are up"),
        probeErrors().atMost(0, "both are up"),
      ],
    },
    predicts: [noMetastability()],
    timeline: timelineOf(nextRetry().plus(fixed(s(2), "first snapshot")), restartBoth().for(s(10))),
  }),
  scenario("herd", {
    question: "Is there a thundering herd when the source returns?",
    claim: "Four subjects spread their retries: each polls about once in the first poll interval",
    steady: { always: SERVES_ON, unfaulted: FRESH, faulted: SURVIVES },
    settings: { subjects: 4 },
    predicts: [timeToDetect().atMost(nextPoll()), ...GENTLE],
    timeline: timelineOf(nextRetry(), refuse("source").for(s(15))),
  }),
  scenario("decoupling", {
    question: "Do more clients cause more polls?",
    claim: "Ten times the requests do not change the poll rate",
    steady: { always: ANSWERS_RIGHT, unfaulted: FRESH, faulted: FRESH },
    load: { profile: "waves", env: { VUS: "50", WAVE_MS: "450" } },
    predicts: [
      decoupling().atMost(1.15, "polls follow their own clock, give or take one poll"),
      noMetastability(),
    ],
    timeline: timelineOf(nextRetry(), loadStep({ factor: 10 }).for(s(20))),
  }),
  scenario("cpu-starved", {
    question: "What does a busy neighbor cost clients?",
    claim: "Responses get slower but stay correct, and polls keep their pace",
    steady: {
      always: ANSWERS_RIGHT,
      unfaulted: FRESH,
      faulted: [age().atMost(slowed(500)), p95().atMost(ms(100), "two busy neighbors")],
    },
    predicts: [noMetastability()],
    timeline: timelineOf(nextRetry(), cpu({ workers: 2, share: 0.8 }).for(s(15))),
  }),
  scenario("slow-clients", {
    question: "Do slow readers delay other clients?",
    claim: "Fifty slow readers delay no other client and leak no socket",
    steady: { always: SERVES_ON, unfaulted: FRESH, faulted: UNAFFECTED },
    predicts: [socketGrowth().atMost(10, "their sockets close with them"), noMetastability()],
    timeline: timelineOf(
      nextRetry(),
      slowClients({ connections: 50, bytes_per_s: 100 }).for(s(15)),
    ),
  }),
  scenario("connection-flood", {
    question: "Do idle connections keep other clients out?",
    claim: "Three hundred idle connections delay no other client and leak no socket",
    steady: { always: SERVES_ON, unfaulted: FRESH, faulted: UNAFFECTED },
    predicts: [socketGrowth().atMost(10, "their sockets close with them"), noMetastability()],
    timeline: timelineOf(
      nextRetry(),
      connectionFlood({ connections: 300, rate_per_s: 100 }).for(s(15)),
    ),
  }),
  scenario("client-latency", {
    question: "Do distant clients affect the polls?",
    claim: "Clients that are 50 ms away wait 50 ms longer, and data stays fresh",
    steady: {
      always: ANSWERS_RIGHT,
      unfaulted: FRESH,
      faulted: [...FRESH, p95().atMost(ms(100), "50 ms of latency and the queue behind it")],
    },
    predicts: [noMetastability()],
    timeline: timelineOf(nextRetry(), latency("client", { delay_ms: 50 }).for(s(15))),
  }),
  scenario("client-resets", {
    question: "Do reset client connections leak?",
    claim:
      "Reset connections leak neither sockets nor memory, and the next client is served as before",
    steady: {
      always: [noUnlabelledStale(), noBadData()],
      unfaulted: [
        ...FRESH,
        loadErrors().atMost(0, "connections work"),
        probeErrors().atMost(0, "connections work"),
      ],
    },
    predicts: [
      socketGrowth().atMost(10, "a reset connection is closed on both sides"),
      memoryGrowth().atMost(1.5, "reset connections leak no memory"),
      noMetastability(),
    ],
    timeline: timelineOf(nextRetry(), reset("client").for(s(10))),
  }),
];
