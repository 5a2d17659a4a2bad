/** The end of a run: as data for `handleSummary`, as text, as JUnit, as `--summary-export`. */
export { jUnit, type JUnitOptions } from "./junit.ts";
export {
  buildSummaryData,
  type RunOutcome,
  type SummaryCheck,
  type SummaryData,
  type SummaryGroup,
  type SummaryMetric,
  type SummaryThreshold,
} from "./summary_data.ts";
export { type SummaryExport, summaryExport } from "./summary_export.ts";
export { COMPACT_CHECKS_MAX, textSummary, type TextSummaryOptions } from "./text_summary.ts";
