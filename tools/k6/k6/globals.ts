/** What scripts find without importing it. */
import { currentVu } from "../script/current_vu.ts";

/** Defines `__VU`, `__ITER`, `__ENV`, `open` and the script's `console`. Returns what undoes that. */
export function defineGlobals(): () => void {
  const names = ["__VU", "__ITER", "__ENV", "open", "console"];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperties(globalThis, {
    __VU: { get: () => currentVu().id, configurable: true },
    __ITER: {
      get: () => {
        const { phase, iteration } = currentVu();
        return phase === "iteration" ? iteration : undefined;
      },
      configurable: true,
    },
    __ENV: { get: () => currentVu().env, configurable: true },
    open: { value: open, configurable: true, writable: true },
    console: { value: scriptConsole(), configurable: true, writable: true },
  });
  return () =>
    names.forEach((name, index) => {
      const descriptor = before[index];
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    });
}

/** A file's text, or with mode `b` its bytes; relative to the file that calls. */
function open(path: string, mode?: string): string | ArrayBuffer {
  const { phase, world } = currentVu();
  if (phase !== "init") throw new TypeError("open: available only in the init context");
  if (typeof path !== "string" || path === "") throw new TypeError("open: the path is missing");
  const url = new URL(path, world.callerOf(new Error().stack ?? "")).href;
  return mode === "b" ? world.openBytes(url) : world.openText(url);
}

function scriptConsole() {
  const write = (level: "debug" | "info" | "warning" | "error") => (...values: unknown[]) =>
    currentVu().world.log(level, values.map(show).join(" "));
  return {
    debug: write("debug"),
    error: write("error"),
    info: write("info"),
    log: write("info"),
    trace: write("debug"),
    warn: write("warning"),
  };
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}
