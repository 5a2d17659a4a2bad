/** Draws timelines from the whole vocabulary. Pure: a seed always gives the same timeline. */
import {
  drawValues,
  FAULT_KINDS,
  type FaultKind,
  kindOf,
  type Random,
  seededRandom,
} from "../vocabulary/mod.ts";
import {
  type DrawnFault,
  type DrawnTimeline,
  endOf,
  nameOf,
  problemOf,
  siteOf,
  spanOf,
} from "./timeline.ts";

/** Share of timelines with one fault, with two, … */
const COUNT_SHARES = [0.05, 0.35, 0.35, 0.25];
const FAULTS_MAX = COUNT_SHARES.length;
/** Length of one fault, in milliseconds. */
const FAULT_MS_MIN = 1_200, FAULT_MS_MAX = 4_000;
/** Longest time from the first fault on to the last fault off, in milliseconds. */
const SPAN_MS_MAX = 6_000;
/** Times are multiples of this, in milliseconds. */
const STEP_MS = 100;
/** Share of faults that start while another one is on. */
const OVERLAPPING_SHARE = 0.85;
/** Share of timelines in which the subject starts under the first fault. */
const COLD_START_SHARE = 0.06;
/** Share of timelines with a store, and of these with replicas, though no fault needs them. */
const STORE_SHARE = 0.15, REPLICAS_SHARE = 0.5;
/** Share of sets of replicas with a load balancer. */
const FRONT_SHARE = 0.2;
/** Shortest overlap, in milliseconds. */
const OVERLAP_MS_MIN = 300;
/** Most draws until a timeline is legal. One in three is not. */
const DRAWS_MAX = 500;

export interface DrawOptions {
  /** Default: all of the vocabulary. */
  readonly kinds?: readonly FaultKind[];
  /** Whether a timeline can be run here; default: all can. */
  accepts?(timeline: DrawnTimeline): boolean;
}

/** @throws {Error} if no legal timeline was drawn. */
export function drawTimeline(
  seed: number,
  { kinds = FAULT_KINDS, accepts = () => true }: DrawOptions = {},
): DrawnTimeline {
  const random = seededRandom(seed, "explore");
  for (let i = 0; i < DRAWS_MAX; i++) {
    const drawn = drawOnce(seed, kinds, random);
    if (isShort(drawn) && problemOf(drawn) === null && accepts(drawn)) return drawn;
  }
  throw new Error(`seed ${seed}: no legal timeline in ${DRAWS_MAX} draws: allow more faults`);
}

function isShort(drawn: DrawnTimeline): boolean {
  return drawn.faults.length <= FAULTS_MAX && spanOf(drawn) <= SPAN_MS_MAX;
}

function drawOnce(seed: number, kinds: readonly FaultKind[], random: Random): DrawnTimeline {
  const faults: DrawnFault[] = [];
  const count = drawCount(random);
  // A site is drawn first, so that those with many faults do not hide the others. Sites
  // between subject and source count twice, because a cache must survive their faults.
  const bySite = Map.groupBy(
    kinds.flatMap((kind) => (kind.places ?? [""]).map((place) => ({ kind, place }))),
    ({ kind: { kind }, place }) => siteOf({ kind, place }),
  );
  const sites = [...bySite].flatMap(([site, all]) =>
    site.startsWith("source") ? [all, all] : [all]
  );
  while (faults.length < count) {
    const { kind, place } = pick(pick(sites, random), random);
    const fault = drawFault(kind, place, faults, random);
    if (faults.some((one) => nameOf(one) === nameOf(fault))) continue;
    faults.push(fault);
    if (kind.shows_with === undefined) continue;
    const partner = drawFault(kindOf(kind.shows_with), place, faults, random);
    faults.push({ ...partner, at_ms: fault.at_ms, for_ms: fault.for_ms });
  }
  const has_store = random() < STORE_SHARE;
  const subjects = has_store && random() < REPLICAS_SHARE ? 3 : 1;
  return {
    seed,
    cold_start: random() < COLD_START_SHARE,
    settings: {
      subjects,
      store: has_store ? "redis" : "none",
      front: subjects > 1 && random() < FRONT_SHARE ? "haproxy" : "none",
    },
    faults: fromZero(faults),
  };
}

function drawCount(random: Random): number {
  let left = random();
  return 1 + Math.max(0, COUNT_SHARES.findIndex((share) => (left -= share) < 0));
}

function pick<T>(all: readonly T[], random: Random): T {
  return all[Math.floor(random() * all.length)];
}

function drawFault(
  kind: FaultKind,
  place: string,
  before: readonly DrawnFault[],
  random: Random,
): DrawnFault {
  const for_ms = stepped(FAULT_MS_MIN * (FAULT_MS_MAX / FAULT_MS_MIN) ** random());
  return {
    kind: kind.kind,
    place,
    values: drawValues(kind, place, random),
    at_ms: drawStart(for_ms, before, random),
    for_ms,
  };
}

/** While one of the others is on, or shortly after the last one. */
function drawStart(for_ms: number, before: readonly DrawnFault[], random: Random): number {
  if (before.length === 0) return 0;
  const last_end = Math.max(...before.map(endOf));
  if (random() >= OVERLAPPING_SHARE) return stepped(last_end + random() * 500);
  const other = pick(before, random);
  const from = other.at_ms - for_ms + OVERLAP_MS_MIN, to = endOf(other) - OVERLAP_MS_MIN;
  return stepped(from + random() * (to - from));
}

const stepped = (time_ms: number) => Math.round(time_ms / STEP_MS) * STEP_MS;

/** Sorted by start, the first at 0. */
export function fromZero(faults: readonly DrawnFault[]): DrawnFault[] {
  const first = Math.min(...faults.map(({ at_ms }) => at_ms));
  return faults.map((fault) => ({ ...fault, at_ms: fault.at_ms - first }))
    .toSorted((a, b) => a.at_ms - b.at_ms);
}
