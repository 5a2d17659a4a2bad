/** Everything measured, beside what was predicted of it, as a table. */
import {
  type ConditionJudgement,
  instant,
  type Judgement,
  type MeasuredQuantity,
  quantity,
} from "../judge/mod.ts";
import { round } from "./chart_scale.ts";
import { type Markup, markup } from "./markup.ts";
import { predictedText } from "./predicted_text.ts";
import { verdictClass, verdictText } from "./verdict_text.ts";

/** Share of a bar at which its bound stands. */
const LIMIT_SHARE = 0.6;
const BAR_WIDTH = 90;

/** The table. Conditions come first, in the order of the measures. */
export function measuresTable({ conditions, measures, doubts }: Judgement): Markup {
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="Measured beside predicted"><table class="measures">
<thead><tr><th scope="col">verdict</th><th scope="col">what</th><th class="number" scope="col">measured</th><th class="number" scope="col">predicted</th><th scope="col" aria-label="share of the bound"></th><th scope="col">because</th></tr></thead>
<tbody>
${measures.map((measure, i) => row(measure, conditions[i], doubts))}</tbody></table></div>`;
}

function row(
  measure: MeasuredQuantity,
  judged: ConditionJudgement | undefined,
  doubts: readonly string[],
): Markup {
  const { name, measured, unit, because } = measure;
  const cells = markup`<td>${name}</td><td class="number">${
    quantity(measured, unit)
  }</td><td class="number">${predictedText(measure)}</td><td class="share">${bar(measure)}</td>`;
  if (judged === undefined) {
    return markup`<tr class="told"><td class="sign"></td>${cells}<td class="reason">${because}</td></tr>
`;
  }
  const { verdict, decided_by, doubt } = judged;
  const at = decided_by === null
    ? null
    : markup`<span class="at">${instant(decided_by.t_ms)}: ${decided_by.text}</span>`;
  const why = verdict === "held"
    ? null
    : markup`<span class="at">${
      doubt === null ? judged.sentence : `in doubt (${doubts.indexOf(doubt) + 1})`
    }</span>`;
  return markup`<tr><td class="sign ${verdictClass(verdict)}">${
    verdictText(verdict)
  }</td>${cells}<td class="reason">${because}${why}${at}</td></tr>
`;
}

/** How much of the bound was used; none where nothing can be compared. */
function bar({ measured, predicted, relation }: MeasuredQuantity): Markup | null {
  if (measured === null || predicted === null || predicted === 0 || relation === "≥") return null;
  const share = Math.min(1, measured / predicted * LIMIT_SHARE);
  const limit = LIMIT_SHARE * BAR_WIDTH;
  const filled = measured > predicted ? "over" : "filled";
  return markup`<svg class="bar" viewBox="0 0 ${BAR_WIDTH} 12" aria-hidden="true"><rect class="track" y="3" width="${BAR_WIDTH}" height="6"/><rect class="${filled}" y="3" width="${
    round(share * BAR_WIDTH)
  }" height="6"/><line class="limit" x1="${limit}" x2="${limit}" y1="0" y2="12"/></svg>`;
}
