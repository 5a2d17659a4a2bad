/** How old the data is that the server answers with. */
import { Rate, Trend } from "k6/metrics";
import { numberFromEnv } from "./target.js";

/** Oldest data that is still good, in milliseconds: the source's interval, one poll, and some. */
export const AGE_MAX_MS = numberFromEnv("AGE_MAX_MS", 15000);

const data_age_ms = new Trend("data_age_ms", true);
const data_too_old = new Rate("data_too_old");

export const stalenessThresholds = {
  data_age_ms: [`p(95)<${AGE_MAX_MS}`],
  data_too_old: ["rate<0.01"],
};

/**
 * Takes the age an answer tells in `X-Data-Age-Ms`; one that does not tell counts as too old.
 * @param {{ headers: Record<string, string> }} res
 */
export function recordAge(res) {
  const age_ms = Number(res.headers["X-Data-Age-Ms"]);
  const is_known = age_ms >= 0;
  if (is_known) data_age_ms.add(age_ms);
  data_too_old.add(!is_known || age_ms > AGE_MAX_MS);
}
