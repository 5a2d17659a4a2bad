/** The gate's result for people and machines: a screen, JSON, JUnit, Markdown. Pure. */
import { type Outcome, renderReport } from "../rig/mod.ts";
import { type Check, type Machine, machineLine } from "../../tools/verdict/mod.ts";
import { type GateConclusion, sentence } from "./gate_verdict.ts";

/** All there is to tell. */
export interface GateResult extends Outcome, GateConclusion {
  machine: Machine;
  /** How it was measured, a line each. */
  method: string[];
}

/** One screen; the verdict comes last, where one looks. */
export function gateScreen({ verdict, reason, ...input }: GateResult): string {
  return `${renderReport(input)}\ngate: ${verdict.toUpperCase()}: ${reason}\n`;
}

/** `gate.json`. */
export function gateJson(result: GateResult): string {
  return JSON.stringify(result, (_, value) => Number.isNaN(value) ? null : value, 2) + "\n";
}

/** JUnit: a test case a check; inconclusive ones are skipped, never passed. */
export function gateJunit({ checks }: GateResult): string {
  const count = (verdict: Check["verdict"]) =>
    checks.filter((check) => check.verdict === verdict).length;
  const cases = checks.map((check) => {
    const open = `  <testcase classname="gate.${xml(check.figure)}" name="${xml(check.name)}"`;
    if (check.verdict === "holds") return `${open}/>`;
    const child = check.verdict === "broken"
      ? `<failure message="${xml(sentence(check))}"/>`
      : `<skipped message="${xml(check.doubts.join("; "))}"/>`;
    return `${open}>${child}</testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="gate" tests="${checks.length}" failures="${count("broken")}" errors="0" ` +
    `skipped="${count("inconclusive")}">`,
    ...cases,
    "</testsuite>",
    "",
  ].join("\n");
}

const SIGNS = { holds: "✅", broken: "❌", inconclusive: "❔" } as const;

/** For the page of a CI job. */
export function gateMarkdown(
  { verdict, reason, machine, method, checks, notes }: GateResult,
): string {
  const rows = checks.map((check) =>
    `| ${SIGNS[check.verdict]} | ${cell(check.figure)} | ${cell(check.name)} | ` +
    `${told(check.value, check.unit)} | ${check.relation} ${told(check.bound, check.unit)} | ` +
    `${cell(check.doubts.join("; "))} |`
  );
  return [
    `## Performance gate: ${verdict}`,
    "",
    cell(reason),
    "",
    "| | Scene | Figure | Measured | Bound | In doubt because |",
    "|---|---|---|--:|--:|---|",
    ...rows,
    "",
    [machineLine(machine), ...method, ...notes].map(cell).join("<br>"),
    "",
  ].join("\n");
}

function told(value: number, unit: string): string {
  if (!Number.isFinite(value)) return "–";
  const text = Number.isInteger(value) ? value.toLocaleString("en-US") : value.toFixed(2);
  return unit === "" ? text : `${text} ${unit}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
    // deno-lint-ignore no-control-regex -- XML 1.0 has no way to write these
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "?");
}
