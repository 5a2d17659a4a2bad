/** An outside that keeps what it is told, for tests of commands that run nothing. */
import type { Outside } from "../outside.ts";

/** What was printed and complained of; files are asked for in `held`, there is no real Toxiproxy, and no room in `full`. */
export function fakeOutside(held: readonly string[] = []) {
  const printed: string[] = [], complaints: string[] = [];
  const outside: Outside = {
    screen: { is_terminal: false, columns: 100, write: (text) => void printed.push(text) },
    interrupt: new AbortController().signal,
    interruptedCode: () => 130,
    now: () => new Date("2025-01-02T03:04:05.678Z"),
    drawSeed: () => 7,
    print: (text) => void printed.push(text),
    complain: (line) => void complaints.push(line),
    exists: (path) => Promise.resolve(held.includes(path)),
    hasRealToxiproxy: () => false,
    namedToxiproxyProblem: () => Promise.resolve(null),
    makeFolder: (path) =>
      path === "full" ? Promise.reject(new Error("no room")) : Promise.resolve(),
    writeFile: () => Promise.resolve(),
  };
  return { outside, complaints, printed: () => printed.join("") };
}
