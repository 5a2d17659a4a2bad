/** The gate's verdict and its reports: screen, JSON, JUnit and Markdown. Pure. */
import { type Outcome, outcomeJson, renderReport } from "../rig/mod.ts";
import {
  type Check,
  type JUnitCase,
  junitXml,
  type Machine,
  machineLine,
} from "../../tools/verdict/mod.ts";

export type GateVerdict = "pass" | "fail" | "inconclusive";

/** Exit codes of `deno task gate`. */
export const GATE_EXIT: Readonly<Record<GateVerdict, 0 | 1 | 2>> = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
};

interface GateConclusion {
  verdict: GateVerdict;
  reason: string;
}

export interface GateResult extends Outcome, GateConclusion {
  machine: Machine;
  method: string[];
}

/** Fails if any check is broken, passes if every check holds, else is inconclusive. */
export function concludeGate(checks: readonly Check[]): GateConclusion {
  const broken = checks.filter(({ verdict }) => verdict === "broken");
  const doubted = checks.filter(({ verdict }) => verdict === "inconclusive");
  if (broken.length > 0) return { verdict: "fail", reason: broken.map(sentence).join("; ") };
  if (doubted.length > 0) {
    const reasons = [...new Set(doubted.flatMap(({ doubts }) => doubts))];
    return { verdict: "inconclusive", reason: reasons.join("; ") };
  }
  if (checks.length === 0) return { verdict: "inconclusive", reason: "no checks" };
  return { verdict: "pass", reason: `all ${checks.length} bounds hold` };
}

/** `default: p95 is 8.10 ms, must be ≤ 7 ms` */
function sentence({ figure, name, value, unit, relation, bound, verdict }: Check): string {
  const quantity = (number: number) => {
    const text = Number.isInteger(number) ? String(number) : number.toFixed(2);
    return unit === "" ? text : `${text} ${unit}`;
  };
  const limit = `${relation} ${quantity(bound)}`;
  const must = verdict === "broken" ? `must be ${limit}` : `bound ${limit}`;
  return `${figure}: ${name} is ${quantity(value)}, ${must}`;
}

/** One screen; the verdict is its last line. */
export function gateScreen({ verdict, reason, ...input }: GateResult): string {
  return `${renderReport(input)}\ngate: ${verdict.toUpperCase()}: ${reason}\n`;
}

/** `gate.json`; NaN is null. */
export function gateJson({ verdict, reason, machine, method, ...outcome }: GateResult): string {
  const json = { verdict, reason, machine, method, ...outcomeJson(outcome) };
  return JSON.stringify(json, (_, value) => Number.isNaN(value) ? null : value, 2) + "\n";
}

/**
 * JUnit with a test case per check. An inconclusive one is an error: a CI that reads nothing else
 * would show skipped cases as green.
 */
export function gateJunit({ checks }: GateResult): string {
  const cases = checks.map((check): JUnitCase => {
    const named = { classname: `gate.${check.figure}`, name: check.name };
    if (check.verdict === "inconclusive") {
      return { ...named, outcome: "error", message: check.doubts.join("; ") };
    }
    const outcome = check.verdict === "holds" ? "passed" : "failure";
    return { ...named, outcome, message: sentence(check) };
  });
  return junitXml({ name: "gate", cases });
}

const SIGNS = { holds: "✅", broken: "❌", inconclusive: "❔" } as const;

/** Markdown for the page of a CI job. */
export function gateMarkdown(
  { verdict, reason, machine, method, checks, notes }: GateResult,
): string {
  const rows = checks.map((check) =>
    `| ${SIGNS[check.verdict]} | ${cell(check.figure)} | ${cell(check.name)} | ` +
    `${quantity(check.value, check.unit)} | ${check.relation} ${
      quantity(check.bound, check.unit)
    } | ${cell(check.doubts.join("; "))} |`
  );
  return [
    `## Performance gate: ${verdict}`,
    "",
    cell(reason),
    "",
    "| | Scene | Figure | Measured | Bound | Doubts |",
    "|---|---|---|--:|--:|---|",
    ...rows,
    "",
    [machineLine(machine), ...method, ...notes].map(cell).join("<br>"),
    "",
  ].join("\n");
}

function quantity(value: number, unit: string): string {
  if (!Number.isFinite(value)) return "–";
  const text = Number.isInteger(value) ? value.toLocaleString("en-US") : value.toFixed(2);
  return unit === "" ? text : `${text} ${unit}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
