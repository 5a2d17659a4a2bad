/** What was tried: pairs of faults that were on together, and each fault at each moment. */
import { table } from "../../tools/verdict/mod.ts";
import { FAULT_KINDS } from "../vocabulary/mod.ts";
import { type DrawnTimeline, endOf, nameOf, overlap, siteOf } from "./timeline.ts";

/** When a fault is on, in relation to the others and to the subject. */
const MOMENTS = [
  "alone",
  "first of several",
  "during another",
  "after another",
  "lifted last",
  "subject starts",
] as const;
type Moment = typeof MOMENTS[number];

/** A fault at a place, and its site. */
const FAULTS = FAULT_KINDS.flatMap(({ kind, places = [""] }) =>
  places.map((place) => ({ name: nameOf({ kind, place }), site: siteOf({ kind, place }) }))
);
const SITES = [...new Set(FAULTS.map(({ site }) => site))];

/** What a timeline tries: `tcp.refuse source + http.html`, `http.html: lifted last`. */
export function trialsOf({ faults, cold_start }: DrawnTimeline): string[] {
  return faults.flatMap((fault, i) => {
    const name = nameOf(fault);
    const others = faults.filter((other) => other !== fault && overlap(other, fault));
    const pairs = others.filter((other) => faults.indexOf(other) > i)
      .map((other) => pairOf(name, nameOf(other)));
    const moments: Moment[] = [
      others.length === 0
        ? i === 0 ? "alone" : "after another"
        : others.every(({ at_ms }) => at_ms > fault.at_ms)
        ? "first of several"
        : "during another",
    ];
    if (others.length > 0 && faults.every((other) => endOf(other) <= endOf(fault))) {
      moments.push("lifted last");
    }
    if (cold_start && fault.at_ms === 0) moments.push("subject starts");
    return [...pairs, ...moments.map((moment) => `${name}: ${moment}`)];
  });
}

const pairOf = (a: string, b: string) => [a, b].toSorted().join(" + ");

/** How often each pair and moment was tried. */
export class Coverage {
  readonly #tried = new Map<string, number>();
  runs = 0;

  add(trials: readonly string[]): void {
    this.runs++;
    for (const trial of trials) this.#tried.set(trial, (this.#tried.get(trial) ?? 0) + 1);
  }

  /** How many pairs and moments of this timeline were never tried. */
  novelty(timeline: DrawnTimeline): number {
    return trialsOf(timeline).filter((trial) => !this.#tried.has(trial)).length;
  }

  /** By site, for the terminal: `tried/possible`. */
  text(): string {
    const names = (site: string) =>
      FAULTS.filter((one) => one.site === site).map((one) => one.name);
    const cell = (all: readonly string[]) =>
      `${all.filter((trial) => this.#tried.has(trial)).length}/${all.length}`;
    const pairs = SITES.map((site, row) => [
      site,
      ...SITES.map((other, column) => column > row ? "" : cell(pairsOf(names(site), names(other)))),
    ]);
    const moments = SITES.map((site) => [
      site,
      ...MOMENTS.map((moment) => cell(names(site).map((name) => `${name}: ${moment}`))),
    ]);
    return [
      `tried in ${this.runs} runs: pairs of faults that were on together`,
      ...table([["", ...SITES], ...pairs], [false, ...SITES.map(() => true)]),
      "",
      "faults by moment",
      ...table([["", ...MOMENTS], ...moments], [false, ...MOMENTS.map(() => true)]),
      "",
    ].map((line) => `  ${line}`.trimEnd()).join("\n");
  }

  /** Every fault with its moments and its partners, as Markdown. */
  markdown(): string {
    const count = (trial: string) => this.#tried.get(trial) ?? 0;
    const rows = FAULTS.map(({ name }) => [
      name,
      ...MOMENTS.map((moment) => String(count(`${name}: ${moment}`))),
      FAULTS.filter((other) => count(pairOf(name, other.name)) > 0)
        .map((other) => `${other.name} ${count(pairOf(name, other.name))}`).join(", "),
    ]);
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const header = ["Fault", ...MOMENTS, "On together with"];
    return [
      `# Tried in ${this.runs} runs`,
      "",
      line(header),
      line(header.map(() => "---")),
      ...rows.map(line),
      "",
    ].join("\n");
  }
}

function pairsOf(names: readonly string[], others: readonly string[]): string[] {
  const pairs = names.flatMap((a) => others.filter((b) => b !== a).map((b) => pairOf(a, b)));
  return [...new Set(pairs)];
}
