/** Reports of a verdict: for a terminal, as a page, for programs. */
export { type Attempt, attemptsText } from "./attempts.ts";
export { compareRuns } from "./compare.ts";
export { writeReport } from "./files.ts";
export {
  type ComparedSubject,
  type Comparison,
  comparisonMarkdown,
  comparisonPage,
} from "./subjects_page.ts";
export { type IndexedRun, indexPage } from "./index_page.ts";
export { terminalReport } from "./terminal.ts";
export { engineText, VERDICT_SIGNS } from "./text.ts";
