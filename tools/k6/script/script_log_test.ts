import { assertEquals } from "@std/assert";
import { ScriptLog } from "./script_log.ts";

/** Lines written of 60 within a second, and of their report. */
function linesOf(is_terminal: boolean, is_printed: boolean): string[] {
  const lines: string[] = [];
  const log = new ScriptLog({
    write: (text) => lines.push(text),
    elapsed_ms: () => 2_500,
    verbose: false,
    is_terminal,
  });
  for (let i = 0; i < 60; i++) log.log("info", `line ${i}`, is_printed);
  log.close();
  return lines;
}

const CUT = "WARN[0002] 10 more lines within a second are left out\n";

for (
  const [what, is_terminal, is_printed, count, last] of [
    ["a script's lines in a file or pipe", false, true, 60, "INFO[0002] line 59\n"],
    ["a script's lines on a terminal", true, true, 51, CUT],
    ["the runner's own lines in a file or pipe", false, false, 51, CUT],
    ["the runner's own lines on a terminal", true, false, 51, CUT],
  ] as const
) {
  Deno.test(`log() ${count === 60 ? "keeps all of" : "limits"} ${what}`, () => {
    const lines = linesOf(is_terminal, is_printed);
    assertEquals([lines.length, lines.at(-1)], [count, last]);
  });
}
