/** The heat map's legend: its colors, ends, distribution, and rows without a value. */
import { STEPS } from "./color_scale.js";
import { isSaturated } from "./columns.js";
import { byId, setText } from "./dom.js";
import { BARS, histogram, shareOf } from "./domain.js";
import { formatCount, formatScale } from "./format.js";

/** @typedef {import("./domain.js").Domain} Domain */
/** @typedef {import("./model.js").Column} Column */

const LEGEND = /** @type {HTMLCanvasElement} */ (byId("legend"));

/**
 * Shows the texts of the legend.
 *
 * @param {Column} column
 * @param {Float64Array} values
 * @param {Domain} domain
 * @returns {[string, string, string]} Labels of the ends and the middle.
 */
export function showLegend(column, values, domain) {
  const { missing } = histogram(values, domain);
  const stopped = saturatedOf(column);
  const none = missing === stopped ? "none" : formatCount(missing - stopped);
  const saturated = stopped === 0 ? "" : `, saturated: ${formatCount(stopped)}`;
  setText(byId("legend-null"), `no value: ${none}${saturated}`);
  /** @type {[string, string, string]} */
  const ends = column.kind === "text"
    ? [column.words[0] ?? "", "", column.words.at(-1) ?? ""]
    : formatScale(domain);
  setText(byId("legend-min"), domain.is_log ? `≤ ${ends[0]}` : ends[0]);
  setText(byId("legend-middle"), ends[1]);
  setText(byId("legend-max"), ends[2]);
  return ends;
}

/** @param {Column} column */
function saturatedOf(column) {
  if (column.kind !== "number" || column.exact === null) return 0;
  let count = 0;
  for (const row of column.exact.keys()) if (isSaturated(column, row)) count++;
  return count;
}

/**
 * @param {object} shown
 * @param {Float64Array} shown.values
 * @param {Domain} shown.domain
 * @param {Uint8Array} shown.colors
 * @param {number} shown.value Marked; NaN for none.
 */
export function drawLegend({ values, domain, colors, value }) {
  const ratio = devicePixelRatio || 1;
  const width = Math.max(1, Math.round(LEGEND.clientWidth * ratio));
  const height = Math.max(1, Math.round(LEGEND.clientHeight * ratio));
  if (LEGEND.width !== width) LEGEND.width = width;
  if (LEGEND.height !== height) LEGEND.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (LEGEND.getContext("2d"));
  context.clearRect(0, 0, width, height);
  const { bars } = histogram(values, domain);
  const most = Math.max(1, ...bars);
  const strip_px = Math.round(9 * ratio);
  const room_px = height - strip_px - ratio;
  const style = getComputedStyle(LEGEND);
  for (let bar = 0; bar < BARS; bar++) {
    const x = Math.round((bar / BARS) * width);
    const next = Math.round(((bar + 1) / BARS) * width);
    const step = Math.min(STEPS - 1, Math.round(((bar + 0.5) / BARS) * STEPS));
    const [red, green, blue] = colors.subarray(step * 3, step * 3 + 3);
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(x, height - strip_px, next - x, strip_px);
    if (bars[bar] === 0) continue;
    context.fillStyle = style.getPropertyValue("--bars");
    const bar_px = Math.max(ratio, (Math.sqrt(bars[bar] / most)) * room_px);
    context.fillRect(x, room_px - bar_px, Math.max(1, next - x - ratio), bar_px);
  }
  if (Number.isNaN(value)) return;
  context.fillStyle = style.getPropertyValue("--ink");
  const x = shareOf(value, domain) * width;
  context.fillRect(Math.min(width - 2 * ratio, Math.max(0, x - ratio)), 0, 2 * ratio, height);
}
