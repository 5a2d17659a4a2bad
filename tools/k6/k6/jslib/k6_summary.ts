/** `https://jslib.k6.io/k6-summary/…`. */
export { jUnit, textSummary } from "../../summary/mod.ts";
