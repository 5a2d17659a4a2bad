/** The age of the data, large, with its bound. */
import { byId, make, setText } from "./dom.js";
import { formatBound, NONE, spanParts } from "./format.js";

const PANEL = byId("freshness");
const AGE = byId("age");
const VERDICT = byId("verdict");
const FILL = byId("gauge-fill");
const BOUND = byId("bound");

/**
 * @param {import("./freshness.js").Verdict} verdict
 * @param {number | null} age_ms
 * @param {import("./freshness.js").Bound | null} bound
 */
export function showFreshness(verdict, age_ms, bound) {
  PANEL.dataset.level = verdict.level;
  PANEL.dataset.state = verdict.state;
  setText(VERDICT, verdict.word);
  showAge(age_ms);
  const share = age_ms === null || bound === null ? 0 : Math.min(1, age_ms / bound.bound_ms);
  FILL.style.transform = `scaleX(${share.toFixed(4)})`;
  if (bound !== null) setText(BOUND, `Bound ${formatBound(bound.bound_ms)}: ${bound.why}`);
  else if (age_ms !== null) setText(BOUND, "No bound yet: two snapshots tell the data interval");
}

/** @param {number | null} age_ms */
function showAge(age_ms) {
  const parts = age_ms === null ? [[NONE, ""]] : spanParts(age_ms);
  while (AGE.childNodes.length > parts.length * 2) AGE.lastChild?.remove();
  while (AGE.childNodes.length < parts.length * 2) AGE.append(make("b"), make("span"));
  parts.forEach(([value, unit], i) => {
    setText(AGE.childNodes[i * 2], value);
    setText(AGE.childNodes[i * 2 + 1], unit);
  });
}
