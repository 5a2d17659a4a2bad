/**
 * Bodies that look wrong but may be right: an older timestamp (the source's clock was set back), or
 * a missing last line end (the source never writes one). They are refused at first and believed
 * when they persist. Pure.
 */

/** Consistent bodies refused in a row for one doubt; the next one is believed. */
const DOUBTED_MAX = 3;

/** Bodies are believed below this chance that random cuts left so many whole last rows. */
const CHANCE_MAX = 1e-3;

/** The same for a source that wrote last line ends, if rows are missing at the end. */
const STRICT_CHANCE_MAX = 1e-6;

/** What looks wrong, with the values that the next body is compared with. */
export type Doubt =
  | { readonly about: "time"; readonly source_ts: number }
  | {
    readonly about: "line_end";
    readonly rows: number;
    /** Chance that a cut at a random place of this body leaves a whole last row. */
    readonly chance: number;
    /** Whether rows are missing, and the source has written last line ends so far. */
    readonly is_strict: boolean;
  };

/** Refusals in a row for one kind of doubt. */
interface Refused {
  /** Consistent ones. */
  readonly count: number;
  readonly last: Doubt | null;
  /** All of them, and the chance that each was a cut. */
  readonly all: number;
  readonly chance: number;
}

/**
 * Refusals per kind of doubt. A body can raise both and is refused for one of them first: with one
 * shared count, the two would reset each other for ever.
 */
export type Doubted = Readonly<Record<Doubt["about"], Refused>>;

const NONE_REFUSED: Refused = { count: 0, last: null, all: 0, chance: 1 };

export const NO_DOUBT: Doubted = { time: NONE_REFUSED, line_end: NONE_REFUSED };

/** The state after one more refusal. */
export function doubtAgain(before: Doubted, doubt: Doubt): Doubted {
  const { count, last, all, chance } = before[doubt.about];
  if (isRepeated(last, doubt)) return before;
  const refused = {
    count: isConsistent(last, doubt) ? count + 1 : 1,
    last: doubt,
    all: all + 1,
    chance: chance * chanceOfCut(last, doubt),
  };
  return { ...before, [doubt.about]: refused };
}

/** The state after a body that was cut: a missing last line end may be a cut, too. */
export function cutAgain(before: Doubted): Doubted {
  return { ...before, line_end: NONE_REFUSED };
}

/** Whether enough bodies were refused to accept this one. */
export function isBelieved(before: Doubted, doubt: Doubt): boolean {
  const { count, last, all, chance } = before[doubt.about];
  if (count >= DOUBTED_MAX && isConsistent(last, doubt)) return true;
  if (doubt.about !== "line_end" || all < DOUBTED_MAX) return false;
  return chance * chanceOfCut(last, doubt) <= (doubt.is_strict ? STRICT_CHANCE_MAX : CHANCE_MAX);
}

/** Chance of a whole last row, and of a length this near to the last one, by a random cut. */
function chanceOfCut(last: Doubt | null, next: Doubt): number {
  if (next.about !== "line_end") return 1;
  // Cuts at a fixed length are near to each other, too.
  if (last?.about !== "line_end" || next.is_strict) return next.chance;
  const between = Math.abs(next.rows - last.rows) + 1;
  return next.chance * Math.min(1, 2 * between / Math.max(next.rows, last.rows));
}

/** The same snapshot polled again: no new evidence. */
function isRepeated(last: Doubt | null, next: Doubt): boolean {
  return next.about === "time" && last?.about === "time" && next.source_ts === last.source_ts;
}

function isConsistent(last: Doubt | null, next: Doubt): boolean {
  // A clock that was set back keeps running; a stale replica repeats one time.
  if (next.about === "time") return last?.about === "time" && next.source_ts > last.source_ts;
  // Random cuts rarely leave the same number of rows three times. Cuts at a fixed length do.
  return last?.about === "line_end" && next.rows === last.rows && !next.is_strict;
}
