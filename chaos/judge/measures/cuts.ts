/** Answers that ended before their end. */
import { counted } from "../format.ts";
import { LISTS_MIN } from "../limits.ts";
import { reading, type ReadMeasure } from "./reading.ts";

/**
 * Lists that the run's list readers began to receive and did not get whole. A count, predicted 0.
 *
 * A connection that ends between two lists cuts nothing: the client may repeat the request (RFC
 * 9110 §9.2.2). A refused connection is no answer either.
 */
export const cutAnswers: ReadMeasure = (run) => {
  const counters = run.hops.filter(({ cut }) => cut !== undefined);
  const first = counters.find(({ cut }) => countOf(cut) > 0);
  const last = counters.at(-1);
  const cut = countOf(last?.cut);
  const whole = Object.keys(last?.cut ?? {})
    .reduce((sum, id) => sum + (last?.hits[id] ?? 0), 0);
  return reading({
    value: last === undefined ? null : cut,
    samples: whole + cut,
    samples_min: LISTS_MIN,
    noun: "list",
    at: first === undefined ? null : {
      t_ms: first.t_ms,
      text: `list readers: ${counted(countOf(first.cut), "list")} ended before ${
        countOf(first.cut) === 1 ? "its" : "their"
      } end`,
    },
    note: `${cut} of ${counted(whole + cut, "list")}`,
  });
};

function countOf(cut: Readonly<Record<string, number>> = {}): number {
  return Object.values(cut).reduce((sum, count) => sum + count, 0);
}
