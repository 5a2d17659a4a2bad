import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import {
  type ConditionJudgement,
  type ConditionVerdict,
  type Judgement,
  judgeRun,
} from "../judge/mod.ts";
import type { Measure } from "../vocabulary/mod.ts";
import {
  type ComparedSubject,
  type Comparison,
  comparisonMarkdown,
  comparisonPage,
} from "./subjects_page.ts";
import { cellOf, findingsOf } from "./subjects_table.ts";

function condition(measure: Measure, verdict: ConditionVerdict): ConditionJudgement {
  return {
    condition: { when: "always", measure, relation: "≤", bound: 1, unit: "", because: "claimed" },
    measured: 2,
    verdict,
    samples: 10,
    sentence: `${measure} is ${verdict}`,
    doubt: null,
    decided_by: null,
  };
}

function judgement(
  conditions: readonly ConditionJudgement[],
  more: Partial<Judgement> = {},
): Judgement {
  const worst = (["broken", "inconclusive"] as const).find((verdict) =>
    conditions.some((one) => one.verdict === verdict)
  );
  return {
    ...judgeRun([]),
    verdict: worst ?? "held",
    conditions: [...conditions],
    ...more,
  };
}

function run(scenario: string, ...conditions: ConditionJudgement[]) {
  const dir = `nginx/${scenario}`;
  return { scenario, dir, judgement: judgement(conditions), reason: null };
}

const NGINX: ComparedSubject = {
  name: "nginx",
  version: "1.22.1",
  not_run: null,
  not_offered: { detect_ms: "it counts no failures" },
  runs: [
    run("outage", condition("p95_ms", "held"), condition("detect_ms", "inconclusive")),
    run("hang", condition("p95_ms", "broken"), condition("detect_ms", "held")),
  ],
};

const COMPARISON: Comparison = {
  subjects: [NGINX, {
    ...NGINX,
    name: "varnish",
    version: null,
    not_run: "not installed: apt-get install varnish",
    runs: [],
  }],
  scenarios: ["outage", "hang"],
  about: "short versions, seed 3",
};

Deno.test("compare.md has a column for each subject, by promise and by scenario", () => {
  const text = comparisonMarkdown(COMPARISON);
  for (
    const line of [
      "| promise | nginx 1.22.1 |",
      "| fast | ✗ 1, ✓ 1 |",
      "| failure noticed | – 1, ✓ 1 |",
      "| scenario | nginx 1.22.1 |",
      "| outage | – |",
      "| hang | ✗ |",
      "- ✗ hang, fast: p95_ms is broken",
      "- – outage, failure noticed: it counts no failures (detect_ms is inconclusive)",
      "Not run: varnish: not installed: apt-get install varnish",
    ]
  ) assert(text.split("\n").includes(line), `${line}\n${text}`);
});

Deno.test("promises of a run that are inconclusive for one reason share a line", () => {
  const doubted = (measure: Measure) => ({
    ...condition(measure, "inconclusive"),
    doubt: "the baseline failed",
  });
  const runs = [run("outage", doubted("p95_ms"), doubted("age_max_ms"), doubted("recover_ms"))];
  const text = comparisonMarkdown({ ...COMPARISON, subjects: [{ ...NGINX, runs }] });
  assert(text.includes("- ? outage, fast, age bounded, recovers: the baseline failed\n"), text);
});

Deno.test("what a subject does not offer is not broken, and held if it held", () => {
  const offered = (verdict: ConditionVerdict) =>
    findingsOf({ ...NGINX, runs: [run("outage", condition("detect_ms", verdict))] })
      .map(({ result }) => result);
  assertEquals(offered("broken"), ["not offered"]);
  assertEquals(offered("inconclusive"), ["not offered"]);
  assertEquals(offered("held"), ["held"]);
});

Deno.test("a verdict that no condition explains is a finding of the whole run", () => {
  const findings = (more: Partial<Judgement>) =>
    findingsOf({
      ...NGINX,
      runs: [{
        ...run("outage"),
        judgement: judgement([condition("p95_ms", "held")], more),
      }],
    }).filter(({ promise }) => promise === null).map(({ result }) => result);
  assertEquals(findings({}), []);
  assertEquals(findings({ verdict: "broken", sentence: "it ended by itself" }), ["broken"]);
  assertEquals(findings({ verdict: "inconclusive" }), ["inconclusive"]);
  assertEquals(findings({ verdict: "rollback failed" }), ["inconclusive"]);
});

Deno.test("cellOf counts scenarios by their worst result, the worst first", () => {
  const findings = findingsOf({
    ...NGINX,
    runs: [
      run("outage", condition("p95_ms", "broken"), condition("p95_ms", "broken")),
      run("hang", condition("p95_ms", "inconclusive")),
      { scenario: "storm", dir: "", judgement: null, reason: "no redis-server" },
    ],
  });
  const { result, counts } = cellOf(findings);
  assertEquals(result, "broken");
  assertEquals(counts, [["broken", 1], ["inconclusive", 1], ["not run", 1]]);
  assertEquals(cellOf([]).result, null);
  assertEquals(cellOf(findings.slice(-1)).sentences, ["storm: no redis-server"]);
});

Deno.test("index.html links each run's report and escapes what a subject said", async () => {
  const evil = '"><script>alert(1)</script>|';
  const subjects = [{ ...NGINX, name: evil }];
  const text = await comparisonPage({ ...COMPARISON, subjects });
  assertMatch(text, /<a href="nginx\/hang\/report.html">✗<\/a>/);
  assertMatch(text, /class="broken" title="hang: p95_ms is broken"/);
  assertNotMatch(text, /<script|NaN|undefined/);
  const row = comparisonMarkdown({ ...COMPARISON, subjects }).split("\n")
    .find((line) => line.startsWith("| promise"))!;
  assertEquals(row.match(/(?<!\\)\|/g)?.length, 3);
});
