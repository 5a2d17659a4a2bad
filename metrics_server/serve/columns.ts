/** `GET /telemetry/columns`: kind, unit and scale of each value column. */
import { type ColumnAnswer, describeColumn, rateName } from "../../contracts/mod.ts";
import { isNotModified } from "../../platform/mod.ts";
import type { Snapshot } from "../snapshot/mod.ts";
import type { Store } from "../store.ts";
import { ageOf, dataMark, dataResponse, notModified } from "./data_response.ts";
import type { ServeLimits } from "./get_metric.ts";
import { viewOf } from "./list_body.ts";
import { noSnapshot } from "./problems.ts";

export function answerColumns(
  request: Request,
  store: Store,
  { retry_after_s }: Pick<ServeLimits, "retry_after_s">,
  now_ms: number,
): Response {
  const sources = store.delivered();
  if (sources.length === 0) return noSnapshot(store.missing(), retry_after_s);
  const { id, taken_ms } = viewOf(sources, store.missing());
  const mark = dataMark(id, taken_ms);
  const age_ms = ageOf(taken_ms, now_ms);
  if (isNotModified(request.headers.get("if-none-match"), mark.etag)) {
    return notModified(mark, age_ms);
  }
  const columns = columnsOf(sources.map(({ snapshot }) => snapshot!));
  return dataResponse(JSON.stringify({ snapshot_id: id, columns }), mark, age_ms);
}

/** Whether no source has this column, or a counter whose rate it names. */
export function lacks(snapshots: readonly Snapshot[], metric: string): boolean {
  return snapshots.every((snapshot) => snapshot.column(metric) < 0);
}

/**
 * The columns of all sources by name. If sources differ, a kind that values decide yields to
 * another one, because a source's values may all be missing.
 */
export function columnsOf(snapshots: readonly Snapshot[]): ColumnAnswer[] {
  const columns = new Map<string, ColumnAnswer>();
  for (const { data: { topology, columns: kinds } } of snapshots) {
    topology.header.fields.forEach(({ name }, field) => {
      const { kind, kind_from } = kinds[field];
      const before = columns.get(name);
      if (before !== undefined && before.kind_from !== "default") return;
      const rate = kind === "counter" ? rateName(name) : null;
      columns.set(name, { name, ...describeColumn(name, kind), kind_from, rate });
    });
  }
  return [...columns.values()];
}
