/** Small helpers for the page's elements. */

/**
 * The element of this id; throws where the page has none.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no #${id}`);
  return element;
}

/**
 * Sets text only where it changes: an untouched node costs no layout.
 *
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * A new element.
 *
 * @param {string} tag
 * @param {string} [class_name]
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function make(tag, class_name = "", text = "") {
  const element = document.createElement(tag);
  if (class_name !== "") element.className = class_name;
  if (text !== "") element.textContent = text;
  return element;
}

/** @type {Set<() => void>} */
const due = new Set();

/**
 * Runs at most once a frame, however often it is asked for.
 *
 * @param {() => void} draw
 */
export function oncePerFrame(draw) {
  return () => {
    if (due.size === 0) requestAnimationFrame(drawDue);
    due.add(draw);
  };
}

/** Draws what waits for the next frame now, so that no frame has some of it and lacks the rest. */
export function drawDue() {
  for (const draw of due) {
    due.delete(draw);
    draw();
  }
}

export const DARK = matchMedia("(prefers-color-scheme: dark)");
export const CALM = matchMedia("(prefers-reduced-motion: reduce)");
