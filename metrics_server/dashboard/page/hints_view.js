/** What to do while there is nothing to show. */
import { byId, make } from "./dom.js";

/** @type {Record<string, string>} Why a poll failed → what helps. */
const REMEDIES = {
  refused: "nothing listens there. To start the simulator: ",
  dns: "the host's name is not known. Correct UPSTREAM_URL; to see what it says: ",
  timeout: "no answer within POLL_TIMEOUT_MS. To see what it says itself: ",
};

let shown = "";

/**
 * @param {boolean} is_needed
 * @param {string} why
 * @param {readonly import("./model.js").Source[]} sources
 */
export function showHints(is_needed, why, sources) {
  byId("hints").hidden = !is_needed;
  byId("heat-panel").hidden = is_needed;
  byId("switch-panel").hidden = is_needed;
  byId("switches").hidden = is_needed;
  const state = is_needed
    ? why + sources.map(({ url, last_error }) => url + last_error?.cause)
    : "";
  if (!is_needed || state === shown) return;
  shown = state;
  byId("hints-why").textContent = why;
  const steps = sources.map(({ url, last_error }) => {
    const step = make("li", "", `${url}: `);
    if (last_error === null) step.append("not answered yet; the first poll is under way.");
    else {
      step.append(
        REMEDIES[last_error.cause] ?? `${last_error.detail}. To see what it sends: `,
        make("code", "", last_error.cause === "refused" ? "deno task data" : `curl -i '${url}'`),
      );
    }
    return step;
  });
  const demo = make("li", "", "To see the page with data, start both services: ");
  demo.append(make("code", "", "deno task dev"));
  const doctor = make("li", "", "To have everything checked: ");
  doctor.append(make("code", "", "deno task doctor"));
  byId("hints-list").replaceChildren(...steps, demo, doctor);
}
