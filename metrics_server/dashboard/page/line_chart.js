/** A line over time, as SVG. */
import { formatScale } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";

/** Space for the axis labels. */
const LEFT_PX_MIN = 44;
const CHAR_PX = 6.2;

/**
 * SVG path of the values: a separate line for each run of numbers between gaps.
 *
 * @param {ArrayLike<number>} values
 * @param {(i: number) => number} x
 * @param {(value: number) => number} y
 */
export function pathOf(values, x, y) {
  let path = "";
  let is_drawing = false;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) {
      is_drawing = false;
      continue;
    }
    path += `${is_drawing ? "L" : "M"}${x(i).toFixed(1)} ${y(values[i]).toFixed(1)}`;
    // A single number between gaps is a dot: a line of length 0 with round caps.
    if (!is_drawing) path += "h0";
    is_drawing = true;
  }
  return path;
}

/**
 * @param {object} chart
 * @param {Float64Array} chart.values NaN leaves a gap.
 * @param {Float64Array | null} chart.times Time of each value; evenly spaced if null.
 * @param {number} chart.width
 * @param {number} chart.height
 * @param {number} [chart.min] Lower end; by default the smallest value.
 * @param {{ min: number, max: number }} [chart.axis] With it, draws grid lines and labels.
 */
export function lineChart({ values, times, width, height, min, axis }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", axis === undefined ? "none" : "xMidYMid meet");
  svg.setAttribute("aria-hidden", "true");
  const pad = axis === undefined ? 2 : 8;
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return svg;
  const low = axis?.min ?? min ?? Math.min(...known);
  const high = axis?.max ?? Math.max(...known);
  const labels = formatScale({ min: low, max: high });
  const label_px = Math.max(...labels.map(({ length }) => length)) * CHAR_PX + 12;
  const left = axis === undefined ? 1 : Math.max(LEFT_PX_MIN, label_px);
  const y = (/** @type {number} */ value) =>
    height - pad - ((value - low) / (high - low || 1)) * (height - 2 * pad);
  const from = times?.[0] ?? 0;
  const span = (times?.at(-1) ?? values.length - 1) - from;
  const x = (/** @type {number} */ i) =>
    left + (((times?.[i] ?? i) - from) / (span || 1)) * (width - left - 4);
  [low, (low + high) / 2, high].forEach((value, i) => {
    if (axis === undefined) return;
    svg.append(
      part("path", { class: "grid", d: `M${left} ${y(value)}H${width}` }),
      part("text", { class: "tick", x: left - 6, y: y(value) + 3.5 }, labels[i]),
    );
  });
  svg.append(part("path", { class: "line", d: pathOf(values, x, y) }));
  const last = values.length - 1;
  if (!Number.isNaN(values[last]) && axis !== undefined) {
    svg.append(part("circle", { class: "last", cx: x(last), cy: y(values[last]), r: 3 }));
  }
  return svg;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function part(tag, attributes, text = "") {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  element.textContent = text;
  return element;
}
