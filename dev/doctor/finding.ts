/** A finding of the doctor, and findings as one screen for people or as JSON for programs. */
import { printable } from "../../platform/mod.ts";

/**
 * `ok`: as it should be. `note`: missing, but only needed for some tasks. `warning`: works, but not
 * as intended. `broken`: must be repaired; makes the exit code 1.
 */
type State = "ok" | "note" | "warning" | "broken";

/** What was checked, what was found, and what to do. */
export interface Finding {
  readonly check: string;
  readonly state: State;
  readonly found: string;
  /** What to do; null if nothing. */
  readonly advice: string | null;
}

/** A finding without advice. */
export function ok(check: string, found: string): Finding {
  return { check, state: "ok", found: printable(found), advice: null };
}

export function finding(
  state: Exclude<State, "ok">,
  check: string,
  found: string,
  advice: string,
): Finding {
  return { check, state, found: printable(found), advice };
}

const WORDS: Record<State, string> = {
  ok: "ok",
  note: "note",
  warning: "WARNING",
  broken: "BROKEN",
};

/** Longest line; longer findings are wrapped and indented. */
export const LINE_CHARS_MAX = 100;

const LEFT = 2 + 9 + 11;

/** 1 if something is broken, else 0. */
export function exitCodeOf(findings: readonly Finding[]): number {
  return findings.some(({ state }) => state === "broken") ? 1 : 0;
}

export function asJson(findings: readonly Finding[]): string {
  return JSON.stringify({ ok: exitCodeOf(findings) === 0, findings });
}

/** Each finding in one or two lines, then the verdict. */
export function asScreen(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ check, state, found, advice }) => {
    const text = wrapped(found);
    const advised = advice === null ? [] : wrapped(`→ ${advice}`);
    const head = `  ${WORDS[state].padEnd(9)}${check.padEnd(11)}`;
    return [...text, ...advised].map((line, i) => (i === 0 ? head : " ".repeat(LEFT)) + line);
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
