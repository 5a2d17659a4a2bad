import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { documentText, openApiDocument } from "../../metrics_server/mod.ts";
import { integer, optional, text } from "../../platform/mod.ts";
import {
  envExampleText,
  fillIn,
  limitsText,
  PROJECT,
  PROMETHEUS_RULE,
  prometheusRuleText,
  referenceBlocks,
  versionText,
} from "./generated.ts";
import {
  envExample,
  envTable,
  limitsIn,
  limitsTable,
  parametersTable,
  problemsTable,
  routesTable,
} from "./tables.ts";

const SPEC = {
  POLL_MS: integer({ default: 5, min: 1, max: 9, unit: "ms", description: "Time between polls" }),
  STALE_MS: optional(integer({ min: 1, max: 9, unit: "ms", description: "Oldest data" })),
  NAME: text({ default: "x", description: "A name" }),
};

Deno.test(".env.example matches the services' configuration (else: deno task docs)", () => {
  assertEquals(Deno.readTextFileSync(new URL(".env.example", PROJECT)), envExampleText());
});

Deno.test("docs/openapi.json is the document that metrics_server serves (else: deno task docs)", () => {
  assertEquals(Deno.readTextFileSync(new URL("docs/openapi.json", PROJECT)), documentText());
});

Deno.test("contracts/version.ts has the version of deno.json (else: deno task docs)", () => {
  assertEquals(Deno.readTextFileSync(new URL("contracts/version.ts", PROJECT)), versionText());
});

Deno.test("the PrometheusRule has the rules of deploy/prometheus (else: deno task docs)", () => {
  const rule = Deno.readTextFileSync(new URL(PROMETHEUS_RULE, PROJECT));
  assertEquals(rule, prometheusRuleText());
});

Deno.test("docs/limits.md lists the limits of the code (else: deno task docs)", () => {
  assertEquals(Deno.readTextFileSync(new URL("docs/limits.md", PROJECT)), limitsText());
});

Deno.test("docs/reference.md has the generated tables (else: deno task docs)", () => {
  const reference = Deno.readTextFileSync(new URL("docs/reference.md", PROJECT));
  assertEquals(fillIn(reference, referenceBlocks()), reference);
});

Deno.test("envExample lists each variable with meaning, range, unit and default, commented out", () => {
  const example = envExample([{ title: "a service", spec: SPEC }]);
  assertEquals(
    example.slice(example.indexOf("# ----")),
    `# ---- a service ----

# Time between polls.
# Range: 1–9 ms; default 5.
#POLL_MS=5

# Oldest data.
# Range: 1–9 ms; not set by default.
#STALE_MS=

# A name.
# Default x.
#NAME=x
`,
  );
});

Deno.test("envTable has one row for each variable", () => {
  assertEquals(
    envTable(SPEC),
    `| Variable | Default | Range | Meaning |
|---|---|---|---|
| \`POLL_MS\` | \`5\` | 1–9 ms | Time between polls |
| \`STALE_MS\` | – | 1–9 ms | Oldest data |
| \`NAME\` | \`x\` | – | A name |`,
  );
});

Deno.test("limitsIn finds limits, exported or not, with value and first sentence", () => {
  const source = `/** The file. */
import a from "b";

/** Longest line; a longer one is cut.
 * Not this. */
export const LINE_BYTES_MAX = 16 * 1_024;

/** Most of a file's own; not exported. */
const OWN_MAX = 1;

/**
 * Most items
 * kept, see {@link LINE_BYTES_MAX}. And more.
 */
export const ITEMS_MAX = 0.5;

/** Share at most. */
export const BAD_MAX_PCT = 10;

/** No limit. */
export const COUNT = 3;
`;
  const limits = [
    { name: "LINE_BYTES_MAX", value: 16_384, meaning: "Longest line" },
    { name: "OWN_MAX", value: 1, meaning: "Most of a file's own" },
    { name: "ITEMS_MAX", value: 0.5, meaning: "Most items kept, see `LINE_BYTES_MAX`" },
    { name: "BAD_MAX_PCT", value: 10, meaning: "Share at most" },
  ];
  assertEquals(limitsIn(source), limits);
  assertEquals(
    limitsTable({ platform: limits.slice(0, 1) }),
    "| Limit | Value | In | Meaning |\n|---|---|---|---|\n" +
      "| `LINE_BYTES_MAX` | 16,384 | platform | Longest line |",
  );
});

Deno.test("fillIn replaces the text between the marks of a block", () => {
  const filled = "a\n<!-- generated: x -->\n\nnew\n\n<!-- end -->\nb\n";
  assertEquals(fillIn("a\n<!-- generated: x --><!-- end -->\nb\n", { x: "new" }), filled);
  assertEquals(fillIn(filled, { x: "new" }), filled);
});

Deno.test("fillIn refuses an unknown block, and one without marks in the text", () => {
  const text = "<!-- generated: x --><!-- end -->";
  assertThrows(() => fillIn(text, {}), Error, "<!-- generated: x -->: no such block");
  assertThrows(() => fillIn(text, { x: "", y: "" }), Error, "no <!-- generated: y --> in the text");
});

Deno.test("the tables of the API have one row for each route, parameter and kind of problem", () => {
  const document = openApiDocument();
  assertStringIncludes(
    routesTable(document),
    "| `GET /readyz` | Readiness: there is data to serve, and how old it is | 200, 503 |",
  );
  assertStringIncludes(routesTable(document), "`GET /telemetry/GetMetric?switch_id=…&metric=…`");
  assertStringIncludes(
    parametersTable(document),
    "| `max_age_ms` | GetMetric | Oldest acceptable data in milliseconds; older data gets",
  );
  assertStringIncludes(parametersTable(document), "| `If-None-Match` (header) | ListMetrics, ");
  assertStringIncludes(
    problemsTable(document),
    "| 404 | `unknown-switch` | no source has this switch |",
  );
});
