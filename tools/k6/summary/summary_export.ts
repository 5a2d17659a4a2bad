import type { SummaryCheck, SummaryData, SummaryGroup } from "./summary_data.ts";

/** A group in the older shape: what is in it by name. */
interface ExportedGroup {
  name: string;
  path: string;
  id: string;
  groups: Record<string, ExportedGroup>;
  checks: Record<string, SummaryCheck>;
}

/** What `--summary-export` writes. */
export interface SummaryExport {
  root_group: ExportedGroup;
  metrics: Record<string, Record<string, number | Record<string, boolean>>>;
}

/**
 * The summary in the older, flat shape of `--summary-export`. There a threshold that is `true`
 * has **failed** (k6's issue 1498), and a rate's share is called `value`; use `handleSummary`
 * where you can.
 */
export function summaryExport(data: SummaryData): SummaryExport {
  const metrics: SummaryExport["metrics"] = {};
  for (const [name, { type, values, thresholds }] of Object.entries(data.metrics)) {
    const { rate, ...others } = values;
    metrics[name] = type === "rate" ? { ...others, value: rate } : { ...values };
    if (thresholds !== undefined) {
      metrics[name].thresholds = Object.fromEntries(
        Object.entries(thresholds).map(([source, { ok }]) => [source, !ok]),
      );
    }
  }
  return { root_group: exportGroup(data.root_group), metrics };
}

function exportGroup({ name, path, id, groups, checks }: SummaryGroup): ExportedGroup {
  return {
    name,
    path,
    id,
    groups: Object.fromEntries(groups.map((group) => [group.name, exportGroup(group)])),
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}
