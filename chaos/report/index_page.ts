/** Several runs on one page: what each promise came to in each scenario. */
import type { JournalRecord } from "../journal/mod.ts";
import {
  type ConditionJudgement,
  type ConditionVerdict,
  type Judgement,
  quantity,
} from "../judge/mod.ts";
import type { Measure } from "../vocabulary/mod.ts";
import { type Markup, markup } from "./markup.ts";
import { page, wide } from "./page.ts";
import { doubtedSentence, VERDICT_SIGNS, verdictClass, verdictText } from "./verdict_text.ts";

/** A run among others. */
export interface IndexedRun {
  readonly name: string;
  /** Its folder, from the page's. */
  readonly dir: string;
  readonly records: readonly JournalRecord[];
  readonly judgement: Judgement;
}

/** Promises in the order of the matrix' columns, in words as short as its heads. */
const PROMISES: readonly (readonly [text: string, measures: readonly Measure[]])[] = [
  ["answers", ["probe_error_share", "load_error_share", "cold_start_refused_share"]],
  ["fast", ["p95_ms"]],
  ["as fast as before", ["p95_ratio"]],
  ["age bounded", ["age_max_ms"]],
  ["old data labelled", ["unlabelled_stale"]],
  ["no bad data", ["bad_data_accepted"]],
  ["noticed", ["detect_ms"]],
  ["recovers", ["recover_ms", "metastable"]],
  ["gentle to the source", ["retry_amplification", "herd_ratio", "decoupling_ratio"]],
  ["keeps nothing", ["socket_growth", "memory_growth_ratio"]],
];

/** Text of index.html: a matrix scenario × promise, each row linked to its report. */
export async function indexPage(runs: readonly IndexedRun[]): Promise<string> {
  const counts = (["held", "broken", "inconclusive", "rollback failed"] as const).map((verdict) =>
    [verdict, runs.filter(({ judgement }) => judgement.verdict === verdict).length] as const
  ).filter(([, count]) => count > 0);
  const header = runs[0]?.records.find((record) => record.kind === "run");
  return await page(
    `Chaos runs: ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(", ")}`,
    markup`<main>
<h1>${runs.length} ${runs.length === 1 ? "scenario" : "scenarios"}</h1>
<p>${
      counts.map(([verdict, count]) =>
        markup`<strong class="${verdictClass(verdict)}">${
          VERDICT_SIGNS[verdict]
        } ${count} ${verdict}</strong>&#160;&#160; `
      )
    }</p>
${
      header === undefined
        ? null
        : markup`<p class="soft">${header.subject}, started ${header.started_at}, seed ${header.seed}; ${header.machine}</p>`
    }
${
      wide(
        "Scenarios and promises",
        markup`<table class="matrix">
<thead><tr><th scope="col">scenario</th><th scope="col">verdict</th>${
          PROMISES.map(([text]) => markup`<th scope="col">${text}</th>`)
        }</tr></thead>
<tbody>
${runs.map(row)}</tbody></table>`,
      )
    }
<p class="soft">${VERDICT_SIGNS.held} held · ${VERDICT_SIGNS.broken} broken · ${VERDICT_SIGNS.inconclusive} too little to say · empty: not claimed</p>
</main>`,
  );
}

function row({ name, dir, judgement }: IndexedRun): Markup {
  const { verdict, sentence } = judgement;
  const why = verdict === "held"
    ? null
    : markup`<tr class="why"><td colspan="${PROMISES.length + 2}">${sentence}</td></tr>
`;
  return markup`<tr><th scope="row"><a href="${dir}/report.html">${name}</a></th><td class="sign ${
    verdictClass(verdict)
  }">${verdictText(verdict)}</td>${
    PROMISES.map(([text, measures]) => cell(text, judgement, measures))
  }</tr>
${why}`;
}

/** The worst of the conditions that look at these measures. */
function cell(promise: string, { conditions }: Judgement, measures: readonly Measure[]): Markup {
  const about = conditions.filter(({ condition }) => measures.includes(condition.measure));
  const worst = (["broken", "inconclusive", "held"] as const).map((verdict) =>
    about.find((one) => one.verdict === verdict)
  ).find((one) => one !== undefined);
  if (worst === undefined) return markup`<td></td>`;
  return markup`<td class="${verdictClass(worst.verdict)}" title="${promise}: ${
    told(worst)
  }" aria-label="${worst.verdict}">${VERDICT_SIGNS[worst.verdict satisfies ConditionVerdict]}</td>`;
}

function told(judged: ConditionJudgement): string {
  const { condition, measured, verdict } = judged;
  if (verdict !== "held") return doubtedSentence(judged);
  const { relation, bound, unit } = condition;
  return `${quantity(measured, unit)}, ${relation} ${quantity(bound, unit)}`;
}
