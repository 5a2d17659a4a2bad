/** The comparison of subjects as Markdown and as a page. Pure. */
import { type Markup, markup, page, wide } from "./markup.ts";
import {
  type Cell,
  cellOf,
  type ComparedSubject,
  type Comparison,
  type Finding,
  findingsOf,
  promisesIn,
  type Result,
} from "./subjects_table.ts";
import { plainText, VERDICT_SIGNS } from "./text.ts";

export type { ComparedSubject, Comparison } from "./subjects_table.ts";

const SIGNS: Readonly<Record<Result, string>> = {
  "held": VERDICT_SIGNS.held,
  "broken": VERDICT_SIGNS.broken,
  "inconclusive": VERDICT_SIGNS.inconclusive,
  "not offered": "–",
  "not run": "·",
};

const LEGEND = "✓ held, ✗ broken, ? inconclusive, – not offered, · not run, each with the number " +
  "of scenarios; empty: not promised";

/** A table with a column for each subject that was run. */
interface Table {
  readonly title: string;
  readonly rows: readonly { name: string; cells: readonly (Cell & { dir: string })[] }[];
}

/** The comparison with one list of findings for each subject that was run. */
interface Findings {
  readonly subject: ComparedSubject;
  readonly findings: readonly Finding[];
}

function findingsIn({ subjects }: Comparison): Findings[] {
  return subjects.filter(({ not_run }) => not_run === null)
    .map((subject) => ({ subject, findings: findingsOf(subject) }));
}

function tablesOf(comparison: Comparison, compared: readonly Findings[]): Table[] {
  const cells = (matches: (finding: Finding) => boolean) =>
    compared.map(({ findings }) => {
      const matching = findings.filter(matches);
      return { ...cellOf(matching), dir: matching[0]?.dir ?? "" };
    });
  const promises = promisesIn(compared.flatMap(({ findings }) => findings));
  return [
    {
      title: "promise",
      rows: promises.map((name) => ({ name, cells: cells(({ promise }) => promise === name) })),
    },
    {
      title: "scenario",
      rows: comparison.scenarios.map((name) => ({
        name,
        cells: cells(({ scenario }) => scenario === name),
      })),
    },
  ];
}

/** `✗ 2 of 10`; a scenario's own cell has no number. */
function cellText({ result, scenarios, of }: Cell): string {
  if (result === null) return "";
  if (of === 1) return SIGNS[result];
  return `${SIGNS[result]} ${scenarios === of ? of : `${scenarios} of ${of}`}`;
}

function nameOf({ name, version }: ComparedSubject): string {
  return version === "" || version === null ? name : `${name} ${version}`;
}

function notRun({ subjects }: Comparison): string[] {
  return subjects.filter(({ not_run }) => not_run !== null)
    .map(({ name, not_run }) => `${name}: ${not_run}`);
}

interface Reason {
  readonly result: Result;
  readonly text: string;
}

/** Findings that are not held, worst first; those with one reason in a run are one. */
function reasons({ findings }: Findings): Reason[] {
  return (["broken", "inconclusive", "not run", "not offered"] as const).flatMap((result) => {
    const some = findings.filter((finding) => finding.result === result);
    const alike = Map.groupBy(some, ({ scenario, sentence }) => `${scenario} ${sentence}`);
    return [...alike.values()].map((findings): Reason => {
      const [{ scenario, sentence }] = findings;
      const promises = new Set(findings.map(({ promise }) => promise ?? "the run"));
      const text = `${SIGNS[result]} ${scenario}, ${[...promises].join(", ")}: ${sentence}`;
      return { result, text: plainText(text) };
    });
  });
}

/** The text of compare.md. */
export function comparisonMarkdown(comparison: Comparison): string {
  const compared = findingsIn(comparison);
  const names = compared.map(({ subject }) => nameOf(subject));
  const tables = tablesOf(comparison, compared).map(({ title, rows }) =>
    [
      line([title, ...names]),
      line(["---", ...names.map(() => "---")]),
      ...rows.map(({ name, cells }) => line([name, ...cells.map(cellText)])),
    ].join("\n")
  );
  return [
    comparison.about,
    LEGEND,
    ...notRun(comparison).map((text) => `Not run: ${text}`),
    ...tables,
    ...compared.map((one) =>
      [`### ${nameOf(one.subject)}`, ...reasons(one).map(({ text }) => `- ${text}`)]
        .join("\n")
    ),
  ].join("\n\n") + "\n";
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => plainText(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The text of index.html, with links to the reports. */
export async function comparisonPage(comparison: Comparison): Promise<string> {
  const compared = findingsIn(comparison);
  return await page(
    `${compared.length} subjects under the same scenarios`,
    markup`<main>
<h1>${compared.length} subjects under the same scenarios</h1>
<p class="soft">${comparison.about}</p>
<p class="soft">${LEGEND}</p>
${notRun(comparison).map((text) => markup`<p>Not run: ${text}</p>\n`)}
${tablesOf(comparison, compared).map((table) => tableMarkup(table, compared))}
${compared.map(reasonsMarkup)}</main>`,
  );
}

function tableMarkup({ title, rows }: Table, compared: readonly Findings[]): Markup {
  return wide(
    `Subjects and ${title}s`,
    markup`<table class="matrix">
<thead><tr><th scope="col">${title}</th>${
      compared.map(({ subject }) => markup`<th scope="col">${nameOf(subject)}</th>`)
    }</tr></thead>
<tbody>
${
      rows.map(({ name, cells }) =>
        markup`<tr><th scope="row">${name}</th>${cells.map(cellMarkup)}</tr>\n`
      )
    }</tbody></table>`,
  );
}

function cellMarkup(cell: Cell & { dir: string }): Markup {
  const { result, of, sentences, dir } = cell;
  if (result === null) return markup`<td></td>`;
  const text = of === 1 && dir !== ""
    ? markup`<a href="${dir}/report.html">${cellText(cell)}</a>`
    : cellText(cell);
  return markup`<td class="${result.replace(" ", "-")}" title="${
    sentences.join("\n")
  }" aria-label="${result}, ${cell.scenarios} of ${of}">${text}</td>`;
}

function reasonsMarkup(one: Findings): Markup {
  return markup`<h2>${nameOf(one.subject)}</h2>
<ul>${
    reasons(one).map(({ result, text }) =>
      markup`<li class="${result.replace(" ", "-")}">${text}</li>\n`
    )
  }</ul>
`;
}
