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

/** Characters at the end of an id that are always seen. */
const END_CHARS = 9;

/**
 * Sets a text that is cut in its middle where it does not fit: ids begin alike.
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
