import { assertEquals, assertThrows } from "@std/assert";
import { ConfigProblem } from "../exit_codes.ts";
import { runScript, said } from "../testing/run_script.ts";
import type { K6Options } from "./option_table.ts";
import { mergeOptions, optionsFromEnv, optionsFromTexts, readOptions } from "./read_options.ts";
import { resolveOptions } from "./run_options.ts";

const FILE = { vus: 2, duration: "2s", batch: 2, tags: { from: "file", file: "yes" } };
const SCRIPT = { vus: 3, duration: "3s", batch: 3, userAgent: "script", tags: { from: "script" } };
const VARIABLES = { K6_VUS: "4", K6_DURATION: "4s", K6_BATCH: "4" };
const FLAGS = { vus: "5", duration: "5s" };

for (
  const { layers, vus, duration, batch, tags } of [
    { layers: "", vus: undefined, duration: undefined, batch: 20, tags: {} },
    {
      layers: "file",
      vus: 2,
      duration: "2s",
      batch: 2,
      tags: { from: "file", file: "yes" },
    },
    {
      layers: "file script",
      vus: 3,
      duration: "3s",
      batch: 3,
      tags: { from: "script", file: "yes" },
    },
    {
      layers: "file script env",
      vus: 4,
      duration: "4s",
      batch: 4,
      tags: { from: "script", file: "yes" },
    },
    {
      layers: "file script env flags",
      vus: 5,
      duration: "5s",
      batch: 4,
      tags: { from: "script", file: "yes" },
    },
    { layers: "script flags", vus: 5, duration: "5s", batch: 3, tags: { from: "script" } },
    { layers: "env flags", vus: 5, duration: "5s", batch: 4, tags: {} },
  ]
) {
  Deno.test(`mergeOptions takes the last of defaults < ${layers.replaceAll(" ", " < ")}`, () => {
    const given = (name: string) => layers.split(" ").includes(name);
    const options = resolveOptions(mergeOptions(
      given("file") ? readOptions(FILE, "config.json").options : {},
      given("script") ? readOptions(SCRIPT, "script.js").options : {},
      given("env") ? optionsFromEnv(VARIABLES) : {},
      given("flags") ? optionsFromTexts(FLAGS, "--") : {},
    ));
    assertEquals(options.merged.vus, vus);
    assertEquals(options.merged.duration, duration);
    assertEquals(options.batch, batch);
    assertEquals(options.tags, tags);
  });
}

const SCENARIOS = { scenarios: { a: { executor: "constant-vus", duration: "1s" } } };
for (
  const [lower, higher, merged] of [
    [{ stages: [{ duration: "1s", target: 3 }], vus: 2 }, { duration: "9s" }, {
      vus: 2,
      duration: "9s",
    }],
    [SCENARIOS, { duration: "9s" }, { duration: "9s" }],
    [SCENARIOS, { iterations: 9 }, { iterations: 9 }],
    [{ duration: "9s", iterations: 9 }, SCENARIOS, SCENARIOS],
    [{ duration: "9s" }, { iterations: 9 }, { iterations: 9 }],
    [{ duration: "9s" }, { vus: 9 }, { duration: "9s", vus: 9 }],
    [SCENARIOS, { vus: 9 }, { ...SCENARIOS, vus: 9 }],
    [{ duration: "9s" }, { duration: "1s", iterations: 2 }, { duration: "1s", iterations: 2 }],
  ] as [K6Options, K6Options, K6Options][]
) {
  const [from, over] = [lower, higher].map((layer) => Object.keys(layer).join(" and "));
  Deno.test(`mergeOptions replaces ${from} by ${over}`, () => {
    assertEquals(mergeOptions(lower, higher), merged);
  });
}

Deno.test("resolveOptions fills in k6's defaults", () => {
  const { scenarios, merged, system_tags, ...rest } = resolveOptions({});
  assertEquals(rest, {
    thresholds: {},
    setup_timeout_ms: 60_000,
    teardown_timeout_ms: 60_000,
    handle_summary_timeout_ms: 120_000,
    min_iteration_duration_ms: 0,
    batch: 20,
    batch_per_host: 6,
    max_redirects: 10,
    rps: 0,
    user_agent: null,
    throws: false,
    discard_response_bodies: false,
    no_connection_reuse: false,
    no_vu_connection_reuse: false,
    no_cookies_reset: false,
    tags: {},
    summary_trend_stats: ["avg", "min", "med", "max", "p(90)", "p(95)"],
    summary_time_unit: null,
  });
  assertEquals(scenarios.length, 1);
  const shared = { executor: "shared-iterations", vus: undefined, iterations: undefined };
  assertEquals(merged, { scenarios: { default: shared } });
  assertEquals(system_tags.includes("expected_response"), true);
});

Deno.test("optionsFromEnv reads lists, stages and switches; it skips empty variables", () => {
  assertEquals(
    optionsFromEnv({
      K6_STAGES: "5s:10,1m30s:0",
      K6_SUMMARY_TREND_STATS: "med,p(99.9),count",
      K6_NO_CONNECTION_REUSE: "true",
      K6_DISCARD_RESPONSE_BODIES: "0",
      K6_SYSTEM_TAGS: "name,status",
      K6_VUS: "",
      K6_UNKNOWN: "x",
    }),
    {
      stages: [{ duration: "5s", target: 10 }, { duration: "1m30s", target: 0 }],
      summaryTrendStats: ["med", "p(99.9)", "count"],
      noConnectionReuse: true,
      discardResponseBodies: false,
      systemTags: ["name", "status"],
    },
  );
});

Deno.test("optionsFromTexts reads tags whose values contain =", () => {
  assertEquals(optionsFromTexts({ tags: "a=b,c=d=e" }, "--").tags, { a: "b", c: "d=e" });
});

Deno.test("readOptions takes whole numbers as texts, and an empty text for missing", () => {
  const raw = { vus: "10", iterations: "+20", batch: "007", rps: "", maxRedirects: " 5\n" };
  assertEquals(readOptions(raw, "s.js").options, {
    vus: 10,
    iterations: 20,
    batch: 7,
    maxRedirects: 5,
  });
  const stages = [{ duration: 500, target: "3" }, { duration: "500", target: "0" }];
  assertEquals(readOptions({ stages }, "s.js").options.stages, [
    { duration: 500, target: 3 },
    { duration: "500", target: 0 },
  ]);
});

Deno.test("readOptions takes null for missing and warns of unknown options", () => {
  assertEquals(readOptions({ vus: null, tresholds: {} }, "s.js"), {
    options: {},
    warnings: ["s.js: unknown option tresholds has no effect"],
  });
  assertEquals(readOptions(undefined, "s.js"), { options: {}, warnings: [] });
});

for (
  const [raw, message] of [
    [7, "s.js: options=7: must be an object"],
    [{ vus: -1 }, "s.js: vus=-1: must be a whole number of VUs in 0–100000"],
    [{ vus: "ten" }, 's.js: vus="ten": must be a whole number of VUs in 0–100000'],
    [{ vus: "-1" }, 's.js: vus="-1": must be a whole number of VUs in 0–100000'],
    [{ vus: "1.5" }, 's.js: vus="1.5": must be a whole number of VUs in 0–100000'],
    [{ vus: "1e1" }, 's.js: vus="1e1": must be a whole number of VUs in 0–100000'],
    [{ vus: " " }, 's.js: vus=" ": must be a whole number of VUs in 0–100000'],
    [{ vus: true }, "s.js: vus=true: must be a whole number of VUs in 0–100000"],
    [{ throw: "true" }, 's.js: throw="true": must be true or false'],
    [{ vus: 1.5 }, "s.js: vus=1.5: must be a whole number of VUs in 0–100000"],
    [{ iterations: 0 }, "s.js: iterations=0: must be a whole number in 1–1000000000000"],
    [
      { duration: "ten" },
      's.js: duration="ten": must be a duration from 0s to 10000d, such as 1m30s or 500ms',
    ],
    [{ duration: "0s" }, 's.js: duration="0s": must be longer than 0s'],
    [
      { stages: [{ duration: "1s", target: 1 }, { duration: "1s", target: -1 }] },
      "s.js: stages[1].target=-1: must be a whole number of VUs in 0–100000",
    ],
    [{ stages: {} }, "s.js: stages={}: must be a list"],
    [{ thresholds: { a: "p(95)<7" } }, 's.js: thresholds["a"]="p(95)<7": must be a list'],
    [
      { thresholds: { a: [{ treshold: "x" }] } },
      's.js: thresholds["a"][0].treshold: is unknown: a threshold has threshold, abortOnFail and ' +
      "delayAbortEval",
    ],
    [
      { thresholds: { a: [{ threshold: "x", abortOnFail: 1 }] } },
      's.js: thresholds["a"][0].abortOnFail=1: must be true or false',
    ],
    [{ throw: "yes" }, 's.js: throw="yes": must be true or false'],
    [{ summaryTimeUnit: "h" }, 's.js: summaryTimeUnit="h": must be one of s, ms, us'],
    [
      { summaryTrendStats: ["avg", "p(200)"] },
      's.js: summaryTrendStats[1]="p(200)": p(200) must be a percentile in 0–100, such as p(95)',
    ],
    [{ summaryTrendStats: ["rate"] }, 's.js: summaryTrendStats[0]="rate": trends have no rate'],
    [{ tags: { a: {} } }, "s.js: tags.a={}: must be a text"],
    [{ scenarios: { a: 1 } }, "s.js: scenarios.a=1: must be an object"],
  ] as const
) {
  Deno.test(`readOptions rejects ${JSON.stringify(raw).slice(0, 70)}`, () => {
    const error = assertThrows(() => readOptions(raw, "s.js"), ConfigProblem);
    assertEquals(error.problems, [message]);
  });
}

Deno.test("readOptions reports all problems at once", () => {
  const error = assertThrows(() => readOptions({ vus: -1, batch: -1 }, "s.js"), ConfigProblem);
  assertEquals(error.problems.length, 2);
});

Deno.test("an invalid variable or flag is named as the user wrote it", () => {
  assertThrows(
    () => optionsFromEnv({ K6_VUS: "many" }),
    ConfigProblem,
    'K6_VUS="many": must be a whole number of VUs in 0–100000',
  );
  assertThrows(
    () => optionsFromTexts({ stages: "5s:10:3" }, "--"),
    ConfigProblem,
    '--stages[0]="5s:10:3": must be duration:target, as 30s:10',
  );
});

Deno.test("resolveOptions rejects options that would change the load", () => {
  assertThrows(
    () => resolveOptions({ executionSegment: "0:1/4", paused: true }),
    ConfigProblem,
    "executionSegment: is not supported: remove it\npaused: is not supported: remove it",
  );
});

const optionsScript = (options: unknown) => `
  import exec from "k6/execution";
  export const options = ${JSON.stringify(options)};
  export default function () {
    const { iterations, rps, batch, userAgent } = exec.test.options;
    console.log([iterations, rps, batch, userAgent].join());
  }`;

Deno.test("flags override variables, variables the script, the script the config file", async () => {
  const { stderr } = await runScript(optionsScript({ iterations: 1, rps: 2, batch: 2 }), {
    files: {
      "config.json": JSON.stringify({ rps: 1, batch: 1, userAgent: "config", iterations: 9 }),
    },
    env: { K6_RPS: "3", K6_BATCH: "3" },
    args: ["-c", "config.json", "--rps", "4"],
  });
  assertEquals(said(stderr), ["1,4,3,config"]);
});
