/** Values from the CSV to the response, digit for digit. */
import { assertEquals } from "@std/assert";
import {
  FakeSource,
  getMetric,
  listMetrics,
  serveSnapshot,
  startMetricsServer,
  together,
} from "./harness/mod.ts";

/** A cell of the source and the served JSON. */
const CELLS: readonly [cell: string, json: string][] = [
  ["9007199254740993", "9007199254740993"], // 2^53 + 1
  ["18446744073709551615", "18446744073709551615"], // 2^64 − 1
  ["5.48295e-7", "5.48295e-7"],
  ["1E+05", "1E+05"],
  ["-0.10", "-0.10"],
  ["0", "0"],
  ["122.40", "122.40"],
  ["3.141592653589793238462643383279", "3.141592653589793238462643383279"],
  ["", "null"],
  ["N/A", "null"],
  ["n/a", "null"],
  ["nan", "null"],
  ["NaN", "null"],
  ["-nan", "null"],
  ['""', "null"],
  ["  7  ", "7"],
  ["0x1f", '"0x1f"'],
  ["007", '"007"'],
  ["1.", '"1."'],
  ["+1", '"+1"'],
  ["inf", '"inf"'],
  ["true", '"true"'],
  ["null", '"null"'],
  ["NDR 400G", '"NDR 400G"'],
  ['"a, ""quoted"" text"', '"a, \\"quoted\\" text"'],
  ['"two\nlines"', '"two\\nlines"'],
  ["leaf-é-\u{1F9EA}", '"leaf-é-\u{1F9EA}"'],
  ["back\\slash", '"back\\\\slash"'],
  ["</script>", '"</script>"'],
];

const SAMPLE = `switch_id,value\n${CELLS.map(([cell], row) => `sw-${row},${cell}\n`).join("")}`;

Deno.test("values as metrics_server serves them", async (t) => {
  await using source = new FakeSource(serveSnapshot(SAMPLE, { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");

  await together(t, {
    "GetMetric serves every cell exactly: digits, null, text": async () => {
      for (const [row, [cell, json]] of CELLS.entries()) {
        const { status, text } = await getMetric(server, `sw-${row}`, "value");
        assertEquals(status, 200, cell);
        const value = /"value":(.*),"snapshot_id":/s.exec(text)?.[1];
        assertEquals(value, json, `cell ${JSON.stringify(cell)}`);
      }
    },

    "ListMetrics serves the same": async () => {
      const { text } = await listMetrics(server);
      const items = CELLS.map(([, json], row) => `{"switch_id":"sw-${row}","value":${json}}`);
      assertEquals(text.slice(text.indexOf('"items":')), `"items":[${items.join(",")}]}`);
    },
  });
});
