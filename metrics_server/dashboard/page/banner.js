/** What is wrong, in one line across the page; told aloud when it changes, not while it lasts. */
import { byId, setText } from "./dom.js";

const BANNER = byId("banner");
const LIVE = byId("live");
let told = "";

/**
 * @param {import("./freshness.js").Verdict} verdict
 * @param {string} detail What may change from second to second; not told aloud.
 */
export function showBanner({ state, level, sentence }, detail) {
  const is_shown = level === "bad" && state !== "empty";
  BANNER.hidden = !is_shown;
  BANNER.className = `banner ${level}`;
  if (is_shown) setText(BANNER, detail === "" ? sentence : `${sentence} ${detail}`);
  // Aging comes and goes with every snapshot of a slow source: that is no news.
  const news = state === "aging" ? "The data is fresh." : sentence;
  if (news !== told) setText(LIVE, news);
  told = news;
}
