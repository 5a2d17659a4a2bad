/** A run as one page that stands by itself. */
import type { JournalRecord } from "../journal/mod.ts";
import {
  type Decision,
  faultsOn,
  instant,
  type Judgement,
  readRun,
  type Run,
  type Span,
} from "../judge/mod.ts";
import { chart, type ChartContext } from "./chart.ts";
import { engineText } from "./engine_text.ts";
import { eventsOf } from "./events.ts";
import { type Markup, markup } from "./markup.ts";
import { measuresTable } from "./measures_table.ts";
import { page, wide } from "./page.ts";
import { phaseChart } from "./phase_chart.ts";
import { seriesOf } from "./series.ts";
import { verdictClass, verdictText } from "./verdict_text.ts";

/** Text of report.html. */
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
${doubts(judgement)}
<h2>Measured beside predicted</h2>
${measuresTable(judgement)}
${bites(judgement)}
${events(records)}
${run === null ? null : about(run)}
</main>`,
  );
}

function head(run: Run | null, judgement: Judgement): Markup {
  const { verdict, sentence, decided_by, exit_code } = judgement;
  const plan = run?.header.plan;
  return markup`<header>
<h1>${plan?.name ?? "A run without its first line"}</h1>
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
<li><svg viewBox="0 0 26 12" aria-hidden="true"><line class="bound" x1="0" x2="26" y1="6" y2="6"/></svg>predicted</li>
<li><svg viewBox="0 0 26 12" aria-hidden="true"><rect class="on" width="26" height="12"/></svg>a fault is on</li>
${
    judgement.decided_by === null
      ? null
      : markup`<li><svg viewBox="0 0 26 12" aria-hidden="true"><g class="decision"><path d="M8 2h10l-5 8z"/></g></svg>what decided</li>`
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

/** From the baseline on: what comes before is the start of processes. */
function drawnSpan(run: Run): Span {
  const from_ms = run.phases.find(({ phase }) => phase !== "preflight")?.from_ms ?? 0;
  return { from_ms, to_ms: Math.max(from_ms + 1, run.end?.t_ms ?? run.last_ms) };
}

function bites({ bite }: Judgement): Markup | null {
  if (bite.length === 0) return null;
  return markup`<h2>Did the faults bite?</h2>
<ul>${
    bite.map(({ fault_id, bitten, evidence }) =>
      markup`<li><span class="${bitten ? "held" : "inconclusive"}">${
        bitten ? "✓ bit" : "? did not bite"
      }</span> <code>${fault_id}</code>: ${evidence}</li>
`
    )
  }</ul>`;
}

function doubts({ doubts }: Judgement): Markup | null {
  if (doubts.length === 0) return null;
  return markup`<h2>In doubt</h2>
<p>What depends on one of these is inconclusive, whatever was measured:</p>
<ol>${doubts.map((doubt) => markup`<li class="inconclusive">${doubt}</li>`)}</ol>`;
}

function events(records: readonly JournalRecord[]): Markup {
  return markup`<h2>Events</h2>
${
    wide(
      "Events",
      markup`<table class="events">
<thead><tr><th class="number" scope="col">time</th><th scope="col">who</th><th scope="col">what</th></tr></thead>
<tbody>
${
        eventsOf(records).map(({ t_ms, who, text, bad }) =>
          markup`<tr><td class="number">${instant(t_ms)}</td><td>${who}</td><td${
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
      `time-out ${poll_timeout_ms} ms, longest backoff ${backoff_max_ms} ms`,
    ],
    ["machine", machine],
    ["again", markup`<code>deno task chaos run ${plan.name}${flags}</code>`],
  ];
  return markup`<h2>About this run</h2>
<dl class="about">${
    rows.map(([name, text]) =>
      markup`<dt>${name}</dt><dd>${text}</dd>
`
    )
  }</dl>`;
}
