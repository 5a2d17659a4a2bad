/** What a verdict looks like: on a terminal, as a page, for programs. */
export { compareRuns } from "./compare.ts";
export { engineText } from "./engine_text.ts";
export { type IndexedRun, indexPage } from "./index_page.ts";
export { type TerminalOptions, terminalReport } from "./terminal.ts";
export { VERDICT_SIGNS } from "./verdict_text.ts";
export { writeReport } from "./write_report.ts";
