import { assertEquals } from "@std/assert";
import { parseBody } from "../testing/bodies.ts";
import { HASH_KEY } from "../testing/snapshots.ts";
import { columnKinds, NO_COLUMN_SETTINGS } from "./column_kinds.ts";
import { indexRows } from "./index_rows.ts";

function kindsOf(csv: string, settings = NO_COLUMN_SETTINGS, time: number | null = null) {
  const { header, table } = parseBody(csv);
  const time_column = time === null ? null : { column: time, unit: 0 };
  return columnKinds({ ...indexRows(header, table, HASH_KEY), time_column }, settings, null)
    .map(({ kind, kind_from }) => `${kind} ${kind_from}`);
}

const CSV = "switch_id,packet_errors,fan_1,latency_us,taken\nsw-0,1,2,3,1764000000\n";

Deno.test("LABEL_COLUMNS count before COUNTER_COLUMNS, and both before names and values", () => {
  const settings = { counters: ["Latency_US", "fan*"], labels: ["fan_1", "packet_errors"] };
  assertEquals(kindsOf(CSV, settings, 4), [
    "label LABEL_COLUMNS",
    "label LABEL_COLUMNS",
    "counter COUNTER_COLUMNS",
    "time TIME_COLUMN",
  ]);
});

Deno.test("A column is a label if most of its first values are text", () => {
  const csv = "switch_id,a,b,c\nsw-0,x,,7\nsw-1,y,N/A,oops\nsw-2,3,nan,8\n";
  assertEquals(kindsOf(csv), ["label values", "gauge default", "gauge values"]);
});
