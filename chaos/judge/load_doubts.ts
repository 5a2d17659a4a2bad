/** Why what the load says is not all there is to say. */
import type { ConditionJudgement } from "./judgement.ts";
import type { Doubt } from "./doubt.ts";
import type { Run } from "./run.ts";
import type { Span } from "./span.ts";
import { wavesOf } from "../vocabulary/mod.ts";
import { wavesDue } from "./due_windows.ts";
import { countIn } from "./histogram.ts";
import { LOAD_MISSING_SHARE_MAX, WINDOWS_MIN } from "./limits.ts";
import { dueWithin } from "./measures/latency.ts";
import { MEASURES } from "./measures/mod.ts";
import { cutAtFaults, joinSmall } from "./pieces.ts";
import { counted, instant, quantity } from "./quantity.ts";
import { baseline, spansOf } from "./spans.ts";

/** Doubts about the load's answers: what is missing may be what breaks a promise. */
export function loadDoubts(run: Run): Doubt[] {
  return [...lateSamples(run), ...missingLoad(run)];
}

/** Samples that are in no window, since they came when it was closed. */
function lateSamples(run: Run): Doubt[] {
  const [measured] = spansOf(run, "always");
  if (measured === undefined) return [];
  const told = run.load.filter(({ t_ms, window_ms, late }) =>
    late !== undefined && late > 0 && t_ms - window_ms > measured.from_ms
  );
  if (told.length === 0) return [];
  const late = told.reduce((sum, window) => sum + Number(window.late), 0);
  const [{ t_ms }] = told;
  const text = `${counted(late, "sample")} of the load came too late to be counted, the first ` +
    `before ${instant(t_ms)}`;
  return [{ text, t_ms, spares: spares(t_ms <= (baseline(run)?.to_ms ?? -Infinity)) }];
}

/**
 * Fewer answers than its users owe, also with those that were put back where slow ones had swallowed
 * them: the load itself stood still, or answers never came. More than that is a fault's second load.
 */
function missingLoad(run: Run): Doubt[] {
  const waves = wavesOf(run.header.plan.load);
  if (waves === null) return [];
  const due = (piece: readonly Span[]) =>
    covered(run, piece).reduce((sum, span) => sum + wavesDue(span, waves), 0);
  const pieces = joinSmall(
    cutAtFaults(run, spansOf(run, "always")).map((span) => [span]),
    (piece) => due(piece) >= WINDOWS_MIN,
  );
  return pieces.flatMap((piece) => {
    const owed = due(piece) * waves.users;
    const came = countIn(dueWithin(run, piece));
    if (came >= owed * (1 - LOAD_MISSING_SHARE_MAX)) return [];
    const [{ from_ms }] = piece, { to_ms } = piece[piece.length - 1];
    const text = `${quantity(1 - came / owed, "%")} of the load's requests are missing from ` +
      `${instant(from_ms)} to ${instant(to_ms)}: ${counted(came, "request")} of ${
        owed.toLocaleString("en-US")
      }`;
    const in_baseline = from_ms < (baseline(run)?.to_ms ?? -Infinity);
    return [{ text, t_ms: to_ms, spares: spares(in_baseline) }];
  });
}

/** From the first to the last window of the load that lies wholly within; they follow without a gap. */
function covered(run: Run, piece: readonly Span[]): Span[] {
  return piece.flatMap((span) => {
    const windows = dueWithin(run, [span]);
    if (windows.length === 0) return [];
    const { t_ms, window_ms } = windows[0];
    return [{ from_ms: t_ms - window_ms, to_ms: windows[windows.length - 1].t_ms }];
  });
}

/**
 * What does not rest on the load, and what is broken by those answers that are known. A ratio to the
 * baseline is no such thing where the baseline's own are missing.
 */
function spares(in_baseline: boolean): Doubt["spares"] {
  return ({ verdict, condition: { measure } }: ConditionJudgement) => {
    // Ages are told by the load too: the largest may be in what is missing.
    if (!MEASURES[measure].of_load && measure !== "age_max_ms") return true;
    return verdict === "broken" && !(in_baseline && measure === "p95_ratio");
  };
}
