/** The report of a run as a self-contained page. */
import type { JournalRecord } from "../journal/mod.ts";
import {
  type ConditionJudgement,
  type Decision,
  faultsOn,
  instant,
  type Judgement,
  type MeasuredQuantity,
  quantity,
  readRun,
  type Run,
  type Span,
} from "../judge/mod.ts";
import { chart, type ChartContext, round } from "./chart.ts";
import { eventsOf } from "./events.ts";
import { type Markup, markup, page, wide } from "./markup.ts";
import { latencyTable } from "./latencies.ts";
import { replicaSection } from "./replicas.ts";
import { phaseChart } from "./phase_chart.ts";
import { seriesOf } from "./series.ts";
import { engineText, predictedText, verdictClass, verdictText } from "./text.ts";

export async function htmlReport(
  records: readonly JournalRecord[],
  judgement: Judgement,
): Promise<string> {
  const run = readRun(records);
  const name = run?.header.plan.name ?? "run";
  return await page(
    `${name}: ${judgement.verdict}`,
    markup`<main>
${head(run, judgement)}
${run === null ? null : charts(run, judgement)}
${latencyTable(judgement.latencies)}
${run === null ? null : replicaSection(run)}
${doubts(judgement)}
<h2>Measured and predicted</h2>
${measuresTable(judgement)}
${effects(judgement)}
${events(records)}
${run === null ? null : about(run)}
</main>`,
  );
}

function head(run: Run | null, judgement: Judgement): Markup {
  const { verdict, sentence, decided_by, exit_code } = judgement;
  const plan = run?.header.plan;
  return markup`<header>
<h1>${plan?.name ?? "Run without its first line"}</h1>
${plan === undefined ? null : markup`<p class="claim">${plan.question}<br>“${plan.claim}”</p>`}
<div class="verdict ${verdictClass(verdict)}">
<strong>${verdictText(verdict)}</strong> <span class="soft">exit code ${exit_code}</span>
<p>${sentence}</p>
${decision(decided_by, sentence)}
</div>
</header>`;
}

function decision(decided_by: Decision | null, sentence: string): Markup | null {
  if (decided_by === null || decided_by.text === sentence) return null;
  return markup`<p class="soft">Decided at ${instant(decided_by.t_ms)}: ${decided_by.text}</p>`;
}

function charts(run: Run, judgement: Judgement): Markup {
  const span = drawnSpan(run);
  const context: ChartContext = {
    ...span,
    faults: faultsOn(run),
    decided_by: judgement.decided_by,
  };
  return markup`<h2>What happened</h2>
<ul class="legend">
<li><svg viewBox="0 0 26 12" aria-hidden="true"><path class="measured" d="M1 8L9 3L17 7L25 4"/></svg>measured</li>
<li><svg viewBox="0 0 26 12" aria-hidden="true"><path class="control" d="M1 6H25"/></svg>control</li>
<li><svg viewBox="0 0 26 12" aria-hidden="true"><circle class="dot" cx="6" cy="7" r="2"/><circle class="dot" cx="13" cy="4" r="2"/><circle class="dot" cx="20" cy="8" r="2"/></svg>windows of 100 ms</li>
<li><svg viewBox="0 0 26 12" aria-hidden="true"><line class="bound" x1="0" x2="26" y1="6" y2="6"/></svg>predicted</li>
<li><svg viewBox="0 0 26 12" aria-hidden="true"><rect class="on" width="26" height="12"/></svg>a fault is on</li>
${
    judgement.decided_by === null
      ? null
      : markup`<li><svg viewBox="0 0 26 12" aria-hidden="true"><g class="decision"><path d="M8 2h10l-5 8z"/></g></svg>deciding sample</li>`
  }
</ul>
${
    wide(
      "Charts over time",
      markup`
${phaseChart(run, span)}
${
        seriesOf(run).map((series) =>
          markup`<figure><h3>${series.title}</h3>
${chart(series, context)}</figure>
`
        )
      }`,
    )
  }`;
}

/** From the baseline on. Before it, processes start. */
function drawnSpan(run: Run): Span {
  const from_ms = run.phases.find(({ phase }) => phase !== "preflight")?.from_ms ?? 0;
  return { from_ms, to_ms: Math.max(from_ms + 1, run.end?.t_ms ?? run.last_ms) };
}

function effects({ fault_effects }: Judgement): Markup | null {
  if (fault_effects.length === 0) return null;
  return markup`<h2>Did the faults take effect?</h2>
<ul>${
    fault_effects.map(({ fault_id, took_effect, evidence }) =>
      markup`<li><span class="${took_effect ? "held" : "inconclusive"}">${
        took_effect ? "✓ took effect" : "? no effect"
      }</span> <code>${fault_id}</code>: ${evidence}</li>
`
    )
  }</ul>`;
}

function doubts({ doubts }: Judgement): Markup | null {
  if (doubts.length === 0) return null;
  return markup`<h2>Doubts</h2>
<p>Results that depend on one of these are inconclusive, whatever was measured:</p>
<ol>${doubts.map((doubt) => markup`<li class="inconclusive">${doubt}</li>`)}</ol>`;
}

function events(records: readonly JournalRecord[]): Markup {
  return markup`<h2>Events</h2>
${
    wide(
      "Events",
      markup`<table class="events">
<thead><tr><th class="number" scope="col">time</th><th scope="col">source</th><th scope="col">event</th></tr></thead>
<tbody>
${
        eventsOf(records).map(({ t_ms, source, text, bad }) =>
          markup`<tr><td class="number">${instant(t_ms)}</td><td>${source}</td><td${
            bad ? markup` class="bad"` : null
          }>${bad ? "! " : ""}${text}</td></tr>
`
        )
      }</tbody></table>`,
    )
  }`;
}

function about({ header }: Run): Markup {
  const { run_id, started_at, seed, engines, machine, subject, plan } = header;
  const flags = `${plan.quick ? " --quick" : ""} --seed ${seed}`;
  const { switches, poll_ms, poll_timeout_ms, backoff_max_ms, data_interval_ms } = plan.settings;
  const rows: [string, Markup | string][] = [
    ["run", `${run_id}, started ${started_at}`],
    ["under test", subject],
    ["faults by", engineText(engines.tcp, (tcp) => `TCP: ${tcp}; HTTP: the lab's own proxy`)],
    ["load by", `${engines.load}, profile ${plan.load.profile}`],
    [
      "settings",
      `${switches} switches, data every ${data_interval_ms} ms, poll every ${poll_ms} ms, ` +
      `timeout ${poll_timeout_ms} ms, longest backoff ${backoff_max_ms} ms`,
    ],
    ["machine", machine],
    ["run again", markup`<code>deno task chaos run ${plan.name}${flags}</code>`],
  ];
  return markup`<h2>About this run</h2>
<dl class="about">${
    rows.map(([name, text]) =>
      markup`<dt>${name}</dt><dd>${text}</dd>
`
    )
  }</dl>`;
}

/** Position of the bound on a bar, as a share of its width. */
const LIMIT_SHARE = 0.6;
const BAR_WIDTH = 90;

/** The measured quantities. Conditions come first, in the order of the measures. */
function measuresTable({ conditions, measures, doubts }: Judgement): Markup {
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="Measured and predicted"><table class="measures">
<thead><tr><th scope="col">verdict</th><th scope="col">quantity</th><th class="number" scope="col">measured</th><th class="number" scope="col">predicted</th><th scope="col" aria-label="share of the bound"></th><th scope="col">because</th></tr></thead>
<tbody>
${measures.map((measure, i) => row(measure, conditions[i], doubts))}</tbody></table></div>`;
}

function row(
  measure: MeasuredQuantity,
  judged: ConditionJudgement | undefined,
  doubts: readonly string[],
): Markup {
  const { name, measured, unit, because } = measure;
  const cells = markup`<td>${name}</td><td class="number">${
    quantity(measured, unit)
  }</td><td class="number">${predictedText(measure)}</td><td class="share">${bar(measure)}</td>`;
  if (judged === undefined) {
    return markup`<tr class="unclaimed"><td class="sign"></td>${cells}<td class="reason">${because}</td></tr>
`;
  }
  const { verdict, decided_by, doubt } = judged;
  const at = decided_by === null
    ? null
    : markup`<span class="at">${instant(decided_by.t_ms)}: ${decided_by.text}</span>`;
  const why = verdict === "held"
    ? null
    : markup`<span class="at">${
      doubt === null ? judged.sentence : `in doubt (${doubts.indexOf(doubt) + 1})`
    }</span>`;
  return markup`<tr><td class="sign ${verdictClass(verdict)}">${
    verdictText(verdict)
  }</td>${cells}<td class="reason">${because}${why}${at}</td></tr>
`;
}

/** The share of the bound that was used; none if there is nothing to compare. */
function bar({ measured, predicted, relation }: MeasuredQuantity): Markup | null {
  if (measured === null || predicted === null || predicted === 0 || relation === "≥") return null;
  const share = Math.min(1, measured / predicted * LIMIT_SHARE);
  const limit = LIMIT_SHARE * BAR_WIDTH;
  const filled = measured > predicted ? "over" : "filled";
  return markup`<svg class="bar" viewBox="0 0 ${BAR_WIDTH} 12" aria-hidden="true"><rect class="track" y="3" width="${BAR_WIDTH}" height="6"/><rect class="${filled}" y="3" width="${
    round(share * BAR_WIDTH)
  }" height="6"/><line class="limit" x1="${limit}" x2="${limit}" y1="0" y2="12"/></svg>`;
}
