/** A fake system that records its output, for tests of commands that run nothing. */
import type { System } from "../system.ts";

/**
 * The files of `held` exist; the folder `full` cannot be made; no other program is installed.
 */
export function fakeSystem(held: readonly string[] = []) {
  const printed: string[] = [], errors: string[] = [];
  const system: System = {
    screen: { is_terminal: false, columns: 100, write: (text) => void printed.push(text) },
    interrupt: new AbortController().signal,
    interruptedCode: () => 130,
    now: () => new Date("2025-01-02T03:04:05.678Z"),
    drawSeed: () => 7,
    print: (text) => void printed.push(text),
    printError: (line) => void errors.push(line),
    exists: (path) => Promise.resolve(held.includes(path)),
    hasRealToxiproxy: () => false,
    isOnPath: () => false,
    namedToxiproxyProblem: () => Promise.resolve(null),
    makeFolder: (path) =>
      path === "full" ? Promise.reject(new Error("no room")) : Promise.resolve(),
    removeFolder: () => Promise.resolve(),
    readFile: () => Promise.resolve(null),
    writeFile: () => Promise.resolve(),
  };
  return { system, errors, printed: () => printed.join("") };
}
