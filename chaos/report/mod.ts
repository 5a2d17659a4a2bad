/** What a verdict looks like: on a terminal, as a page, for programs. */
export { type TerminalOptions, terminalReport, VERDICT_SIGNS } from "./terminal.ts";
export { writeReport } from "./write_report.ts";
