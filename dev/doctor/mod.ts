/** The door of the doctor: what it found, and how that is told. */
export { type Finding, type State } from "./finding.ts";
export { examine } from "./examine.ts";
export { asJson, asScreen, exitCodeOf } from "./report.ts";
