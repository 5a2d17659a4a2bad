/** Findings as one screen for people, and as JSON for programs. Pure. */
import type { Finding, State } from "./finding.ts";

const WORDS: Record<State, string> = {
  ok: "ok",
  note: "note",
  warning: "WARNING",
  broken: "BROKEN",
};

/** Longest line; longer findings are wrapped under themselves. */
export const LINE_CHARS_MAX = 100;

const LEFT = 2 + 9 + 11;

/** 0 where nothing is broken, else 1. */
export function exitCodeOf(findings: readonly Finding[]): number {
  return findings.some(({ state }) => state === "broken") ? 1 : 0;
}

/** `{ ok, findings }` on one line. */
export function asJson(findings: readonly Finding[]): string {
  return JSON.stringify({ ok: exitCodeOf(findings) === 0, findings });
}

/** A line or two for each finding, and what it all comes to. */
export function asScreen(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ check, state, found, advice }) => {
    const text = wrapped(found);
    const does = advice === null ? [] : wrapped(`→ ${advice}`);
    const head = `  ${WORDS[state].padEnd(9)}${check.padEnd(11)}`;
    return [...text, ...does].map((line, i) => (i === 0 ? head : " ".repeat(LEFT)) + line);
  });
  return [...lines, "", verdict(findings)].join("\n");
}

function verdict(findings: readonly Finding[]): string {
  const count = (state: State) => findings.filter((one) => one.state === state).length;
  const broken = count("broken");
  const warnings = count("warning");
  if (broken === 0 && warnings === 0) return "All fine.";
  const parts = [`${broken} broken`, `${warnings} ${warnings === 1 ? "warning" : "warnings"}`];
  return `${parts.join(", ")}: → says what to do.`;
}

function wrapped(text: string): string[] {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const line = lines[lines.length - 1];
    if (line === "") lines[lines.length - 1] = word;
    else if (LEFT + line.length + 1 + word.length <= LINE_CHARS_MAX) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(`  ${word}`);
  }
  return lines;
}
