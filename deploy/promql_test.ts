import { assertEquals, assertThrows } from "@std/assert";
import { askedBy } from "./promql.ts";

Deno.test("askedBy finds every selection of series, its conditions and the labels of groupings", () => {
  const asked = askedBy(
    'sum by (job, le) (rate(a_bucket{code=~"5..",le="1"}[5m])) / on (job) group_left (deno) {__name__="b"} > up',
  );
  assertEquals(asked.selectors, [
    {
      metric: "a_bucket",
      matchers: [{ label: "code", op: "=~", value: "5.." }, { label: "le", op: "=", value: "1" }],
    },
    { metric: null, matchers: [{ label: "__name__", op: "=", value: "b" }] },
    { metric: "up", matchers: [] },
  ]);
  assertEquals(asked.labels, ["job", "le", "job", "deno"]);
});

for (const expression of ["sum(a[", "a{b}", "rate(a[$__rate_interval])", "sum by job (a)"]) {
  Deno.test(`askedBy refuses ${expression}`, () => {
    assertThrows(() => askedBy(expression), Error, `${expression}: not PromQL at character`);
  });
}
