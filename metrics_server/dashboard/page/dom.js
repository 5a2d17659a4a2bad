/** DOM helpers. */

/**
 * The element with this id; throws if the page has none.
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
 * Sets a text if it changes, to avoid layout of unchanged nodes.
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

/** Characters at the end of an id that are always visible. */
const END_CHARS = 9;

/**
 * Sets a text that is truncated in its middle, because ids share their beginning.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setEnds(element, text) {
  if (element.textContent === text) return;
  if (element.children.length === 0) element.append(make("span", "start"), make("span", "end"));
  element.children[0].textContent = text.slice(0, -END_CHARS);
  element.children[1].textContent = text.slice(-END_CHARS);
  element.setAttribute("title", text.length > END_CHARS ? text : "");
}

/** @type {Set<() => void>} */
const due = new Set();

/** A function that runs `draw` at most once per frame. @param {() => void} draw */
export function oncePerFrame(draw) {
  return () => {
    if (due.size === 0) requestAnimationFrame(drawDue);
    due.add(draw);
  };
}

/** Draws everything that waits for the next frame now, so that no frame shows only a part. */
export function drawDue() {
  for (const draw of due) {
    due.delete(draw);
    draw();
  }
}

export const DARK = matchMedia("(prefers-color-scheme: dark)");
export const CALM = matchMedia("(prefers-reduced-motion: reduce)");
