/** Several runs on one page: the result of each promise in each scenario. */
import type { JournalRecord } from "../journal/mod.ts";
import {
  type ConditionJudgement,
  type ConditionVerdict,
  type Judgement,
  quantity,
} from "../judge/mod.ts";
import type { Measure } from "../vocabulary/mod.ts";
import { type Attempt, attemptText } from "./attempts.ts";
import { type Markup, markup, page, wide } from "./markup.ts";
import { PROMISES } from "./promises.ts";
import { doubtedSentence, VERDICT_SIGNS, verdictClass, verdictText } from "./text.ts";

export interface IndexedRun {
  readonly name: string;
  /** Its folder, relative to the page. */
  readonly dir: string;
  readonly records: readonly JournalRecord[];
  readonly judgement: Judgement;
  /** Its runs in order, the deciding one last. */
  readonly attempts: readonly Attempt[];
}

/** The text of index.html: a matrix of scenarios and promises with links to the reports. */
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
<p class="soft">${VERDICT_SIGNS.held} held · ${VERDICT_SIGNS.broken} broken · ${VERDICT_SIGNS.inconclusive} inconclusive · empty: not claimed</p>
</main>`,
  );
}

function row({ name, dir, judgement, attempts }: IndexedRun): Markup {
  const { verdict, sentence } = judgement;
  const why = verdict === "held" ? null : below(sentence);
  const runs = attempts.length < 2 ? null : below(
    markup`${attempts.length} runs: ${
      attempts.map((attempt, i) =>
        markup`${i === 0 ? "" : ", "}<a href="${attempt.dir}/report.html" title="${
          attempt.verdict === "held" ? "" : attempt.sentence
        }">${attemptText(attempt)}</a>`
      )
    }`,
  );
  return markup`<tr><th scope="row"><a href="${dir}/report.html">${name}</a></th><td class="sign ${
    verdictClass(verdict)
  }">${verdictText(verdict)}</td>${
    PROMISES.map(([text, measures]) => cell(text, judgement, measures))
  }</tr>
${runs}${why}`;
}

/** A line below the scenario's row. */
function below(content: string | Markup): Markup {
  return markup`<tr class="why"><td colspan="${PROMISES.length + 2}">${content}</td></tr>
`;
}

/** The worst of the conditions on these measures. */
function cell(promise: string, { conditions }: Judgement, measures: readonly Measure[]): Markup {
  const about = conditions.filter(({ condition }) => measures.includes(condition.measure));
  const worst = (["broken", "inconclusive", "held"] as const).map((verdict) =>
    about.find((one) => one.verdict === verdict)
  ).find((one) => one !== undefined);
  if (worst === undefined) return markup`<td></td>`;
  return markup`<td class="${verdictClass(worst.verdict)}" title="${promise}: ${
    resultText(worst)
  }" aria-label="${worst.verdict}">${VERDICT_SIGNS[worst.verdict satisfies ConditionVerdict]}</td>`;
}

function resultText(judged: ConditionJudgement): string {
  const { condition, measured, verdict } = judged;
  if (verdict !== "held") return doubtedSentence(judged);
  const { relation, bound, unit } = condition;
  return `${quantity(measured, unit)}, ${relation} ${quantity(bound, unit)}`;
}
