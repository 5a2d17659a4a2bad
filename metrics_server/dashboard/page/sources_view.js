/** One line a source: its state, its circuit, how polling it goes. */
import { byId, make, setText } from "./dom.js";
import { counted, formatBound, formatCount, formatSpan } from "./format.js";
import { errorLine, sourceState } from "./freshness.js";

const LIST = byId("sources");
const CIRCUITS = { closed: "circuit closed", half_open: "circuit half-open", open: "circuit open" };

/**
 * @param {readonly import("./model.js").Source[]} sources
 * @param {number} since_ms Time since the service said so.
 * @param {number} now_ms
 */
export function showSources(sources, since_ms, now_ms) {
  while (LIST.children.length > sources.length) LIST.lastChild?.remove();
  while (LIST.children.length < sources.length) LIST.append(newItem());
  sources.forEach((source, i) => show(LIST.children[i], source, since_ms, now_ms));
}

function newItem() {
  const item = make("li");
  const head = make("p", "source-head");
  head.append(make("span", "dot"), make("b"), make("span", "mono url"), make("span", "pill"));
  head.firstElementChild?.setAttribute("aria-hidden", "true");
  item.append(head, make("p", "note"), make("p", "note error"));
  return item;
}

/**
 * @param {Element} item
 * @param {import("./model.js").Source} source
 * @param {number} since_ms
 * @param {number} now_ms
 */
function show(item, source, since_ms, now_ms) {
  const { level, word } = sourceState(source);
  const [head, facts, error] = item.children;
  const [, state, url, circuit] = head.children;
  /** @type {HTMLElement} */ (item).dataset.level = level;
  setText(state, word);
  setText(url, source.url.replace(/^http:\/\//, ""));
  /** @type {HTMLElement} */ (url).title = source.url;
  setText(circuit, CIRCUITS[source.circuit]);
  /** @type {HTMLElement} */ (circuit).dataset.circuit = source.circuit;
  const age_ms = source.age_ms === null ? null : source.age_ms + since_ms;
  const parts = [
    age_ms === null ? "no data" : `data ${formatSpan(Math.floor(age_ms / 1000) * 1000)} old`
      .replace(/\.0/, ""),
    counted(source.rows, "row"),
    ...(source.bad_rows > 0 ? [`${formatCount(source.bad_rows)} bad`] : []),
    counted(source.polls, "poll"),
    ...(source.failures > 0 ? [`${formatCount(source.failures)} failed`] : []),
    ...(source.backoff_ms >= 500 ? [`next try within ${formatBound(source.backoff_ms)}`] : []),
  ];
  setText(facts, parts.join(" · "));
  const is_failing = source.consecutive_failures > 0;
  setText(error, is_failing ? errorLine(source, now_ms) : "");
  /** @type {HTMLElement} */ (error).title = is_failing ? source.last_error?.detail ?? "" : "";
}
