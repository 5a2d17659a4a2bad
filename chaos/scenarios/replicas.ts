/** Faults of replicas that share a store: of one of them, of the store, and of the way to it. */
import {
  addReplica,
  age,
  at,
  baseline,
  type Bound,
  type ConditionValue,
  failover,
  fetchTime,
  firstData,
  fixed,
  flap,
  freeze,
  herd,
  kill,
  latency,
  leaseOrSnapshot,
  leaseTime,
  loadErrors,
  ms,
  noBackwards,
  noFollowerPolls,
  noMetastability,
  noRefusalAfterStart,
  p95,
  pollers,
  pollInterval,
  probeErrors,
  probeInterval,
  recover,
  refuse,
  restart,
  rollingRestart,
  s,
  samplingTime,
  type Scenario,
  type ScenarioSpec,
  type Settings,
  skew,
  storeFull,
  storeReadOnly,
} from "../vocabulary/mod.ts";
import {
  ANSWERS_RIGHT,
  FRESH,
  freshAge,
  nextRetry,
  outageAge,
  standardScenario,
  timelineOf,
  TRUE,
} from "./promises.ts";

const REPLICAS: Partial<Settings> = { subjects: 3, store: "redis" };

/** One poller however many replicas there are. */
const ONE_POLLER = pollers().atMost(1.05, "one replica polls for all");

/** What probes can see of the promise that replicas differ by at most 100 ms. */
const IN_STEP: ConditionValue = skew().atMost(
  fixed(ms(100), "promised skew").plus(probeInterval()),
);

/** While replicas and store work, one polls and all serve the same. */
const AS_ONE: readonly ConditionValue[] = [
  ...FRESH,
  ONE_POLLER,
  IN_STEP,
  p95().atMost(ms(15), "replicas, their store and the proxies share the cores"),
];

/** A leader that is gone is replaced after its lease, and the next poll brings new data. */
const takeover = (): Bound => leaseOrSnapshot().plus(pollInterval(), fetchTime(), samplingTime());

/** Age until another replica has taken over. */
const failoverAge = (): Bound => freshAge().plus(leaseTime(), pollInterval(), fetchTime());

/** A follower polls by itself a lease after its last contact, and up to one lease later. */
const aloneAge = (): Bound => freshAge().plus(leaseTime(), leaseTime(), pollInterval());

/** Without the store every replica serves on, and in the end each polls. */
const ALONE: readonly ConditionValue[] = [
  age().atMost(aloneAge()),
  pollers().atMost(3, "each replica polls alone"),
];

/** Replicas that polled alone leave the source to one of them again. */
const CALM: readonly ConditionValue[] = [
  herd().atMost(4.5, "each replica polls until it returns, and perhaps once more"),
  noMetastability(),
];

/** A scenario of three replicas with the promises of replicas, unless it states others. */
function replicaScenario(
  name: string,
  { always = [...ANSWERS_RIGHT, noBackwards()], unfaulted = AS_ONE, settings = {}, ...spec }:
    & Omit<ScenarioSpec, "steady">
    & ScenarioSpec["steady"],
): Scenario {
  return standardScenario(name, {
    always,
    unfaulted,
    settings: { ...REPLICAS, ...settings },
    ...spec,
  });
}

export const REPLICA_SETS: readonly Scenario[] = [
  standardScenario("restart-in-outage", {
    question: "What does a subject serve that is restarted while its source is down?",
    claim:
      "The subject serves the stored snapshot with its true age from its first response on, never a 503",
    always: [...TRUE, noBackwards()],
    unfaulted: [
      ...FRESH,
      loadErrors().atMost(0, "the subject is up"),
      probeErrors().atMost(0, "the subject is up"),
    ],
    faulted: [age().atMost(outageAge())],
    settings: { store: "redis" },
    predicts: [
      firstData().atMost(fixed(s(1), "start and restore").plus(samplingTime())),
      noRefusalAfterStart(),
      noMetastability(),
    ],
    timeline: [
      at(s(0), baseline(s(10))),
      at(s(10), refuse("source").for(s(20))),
      at(s(14), restart("subject").for(s(2))),
      at(s(30), recover({ within: nextRetry().plus(leaseTime()), stable: 3 })),
    ],
  }),
  replicaScenario("leader-killed", {
    question: "How long does polling stop when the leader is killed?",
    claim: "Another replica takes over within the lease and one poll, and clients notice nothing",
    faulted: [age().atMost(failoverAge()), ONE_POLLER],
    predicts: [failover().atMost(takeover()), noFollowerPolls(), ...CALM],
    timeline: timelineOf(nextRetry(), kill("leader").for(s(12))),
  }),
  replicaScenario("leader-frozen", {
    question: "Can a frozen leader overwrite newer data when it wakes?",
    claim: "Another replica takes over, and the old leader wakes as a follower of newer data",
    // The woken replica still holds what it had when it was stopped.
    faulted: [age().atMost(outageAge()), ONE_POLLER],
    predicts: [failover().atMost(takeover()), ...CALM],
    timeline: timelineOf(nextRetry().plus(leaseTime()), freeze("leader").for(s(12))),
  }),
  replicaScenario("store-gone", {
    question: "What do clients see while the shared store is gone?",
    claim: "Every replica serves on and polls by itself, and one poller is left when it returns",
    faulted: ALONE,
    predicts: CALM,
    timeline: timelineOf(nextRetry(), refuse("store").for(s(20))),
  }),
  replicaScenario("store-slow", {
    question: "Does a slow store make data old, or cost a leader its lease?",
    claim: "A store that is 100 ms away makes data of followers that much older, and nothing else",
    faulted: [
      age().atMost(freshAge().plus(fixed(ms(300), "delay of three exchanges"))),
      pollers().atMost(1.1, "the leader renews its lease in time"),
    ],
    predicts: [noFollowerPolls(), ...CALM],
    timeline: timelineOf(nextRetry(), latency("store", { delay_ms: 100 }).for(s(20))),
  }),
  replicaScenario("store-flaps", {
    question: "Do replicas disagree when the store comes and goes?",
    claim: "Leaders may change, but no replica goes back to older data and no client waits",
    faulted: ALONE,
    predicts: CALM,
    timeline: timelineOf(
      nextRetry(),
      flap("store", { up_of_poll: 3, down_of_poll: 3 }).for(s(20)),
    ),
  }),
  replicaScenario("store-emptied", {
    question: "What happens when the store restarts empty?",
    claim: "Replicas keep their data, elect a leader and store it again",
    faulted: ALONE,
    predicts: CALM,
    timeline: timelineOf(nextRetry(), restart("store").for(s(12))),
  }),
  replicaScenario("store-full", {
    question: "What happens when the store is out of memory?",
    claim: "A refused write costs clients nothing: every replica serves on with fresh data",
    faulted: ALONE,
    predicts: CALM,
    timeline: timelineOf(nextRetry(), storeFull().for(s(15))),
  }),
  replicaScenario("store-read-only", {
    question: "What happens when the store refuses writes, as after a failover?",
    claim: "Replicas poll by themselves until one of them can write again",
    faulted: ALONE,
    predicts: CALM,
    timeline: timelineOf(nextRetry(), storeReadOnly().for(s(15))),
  }),
  replicaScenario("replica-added", {
    question: "How soon does an added replica serve, and does it poll?",
    claim: "It serves the stored snapshot within a second of its start, without a poll of its own",
    settings: { subjects: 2 },
    faulted: [...FRESH, ONE_POLLER],
    predicts: [
      firstData().atMost(fixed(s(1), "promised").plus(samplingTime())),
      noRefusalAfterStart(),
      noFollowerPolls(),
      noMetastability(),
    ],
    timeline: timelineOf(nextRetry(), addReplica().for(s(8))),
  }),
  replicaScenario("rolling-restart", {
    question: "Does a rolling restart behind a load balancer cost a request?",
    claim: "No request fails, every restarted replica has data at once, and one poller is left",
    settings: { front: "haproxy" },
    unfaulted: [...FRESH, ONE_POLLER, IN_STEP, p95().atMost(ms(25), "HAProxy on the same cores")],
    faulted: [
      age().atMost(failoverAge()),
      // 15 polls are due, and each restarted process may have been the leader.
      pollers().atMost(1.05 + 3 / 15, "one replica polls, and each new leader at once"),
    ],
    predicts: [noRefusalAfterStart(), noMetastability()],
    timeline: timelineOf(nextRetry(), rollingRestart().for(s(15))),
  }),
  replicaScenario("split", {
    question: "What does a replica do if only it cannot reach the store?",
    claim: "It polls by itself and serves on, and the others notice nothing",
    faulted: [age().atMost(aloneAge()), pollers().atMost(2, "the set and the replica cut off")],
    predicts: CALM,
    timeline: timelineOf(nextRetry(), refuse("store", { subject: 1 }).for(s(15))),
  }),
];
