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

/** `✗ 2, ✓ 7`: the number of scenarios with each result; a single one has no number. */
function cellText({ counts }: Cell): string {
  if (scenariosIn(counts) === 1) return counts.map(([result]) => SIGNS[result]).join("");
  return counts.map(([result, count]) => `${SIGNS[result]} ${count}`).join(", ");
}

function scenariosIn(counts: Cell["counts"]): number {
  return counts.reduce((sum, [, count]) => sum + count, 0);
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
  const { result, counts, sentences, dir } = cell;
  if (result === null) return markup`<td></td>`;
  const is_link = scenariosIn(counts) === 1 && dir !== "";
  const text = cellText(cell);
  return markup`<td class="${result.replace(" ", "-")}" title="${
    sentences.join("\n")
  }" aria-label="${counts.map(([one, count]) => `${count} ${one}`).join(", ")}">${
    is_link ? markup`<a href="${dir}/report.html">${text}</a>` : text
  }</td>`;
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
