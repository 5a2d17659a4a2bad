/** `https://jslib.k6.io/k6-summary/…`. */
export { jUnit } from "../../summary/summary.ts";
export { textSummary } from "../../summary/text_summary.ts";
