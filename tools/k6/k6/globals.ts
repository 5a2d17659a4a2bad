/** Globals of scripts: `__VU`, `__ITER`, `__ENV`, `open`, `require` and `console`. */
import { Response } from "../http/response.ts";
import { defineTimers, GLOBAL_THIS, GLOBALS } from "../script/global_edits.ts";
import { LISTING_FUNCTIONS, OWN } from "../script/field_listings.ts";
import { currentVu } from "../script/vu.ts";
import timers from "./timers.ts";

/** Defines them; the returned function restores the previous ones. */
export function defineGlobals(): () => void {
  const names = [
    "__VU",
    "__ITER",
    "__ENV",
    "open",
    "console",
    "require",
    OWN,
    GLOBALS,
    GLOBAL_THIS,
  ];
  defineTimers(timers);
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
    [GLOBALS]: { get: () => currentVu().globals.values, configurable: true },
    [GLOBAL_THIS]: { get: () => currentVu().globals.object, configurable: true },
    [OWN]: { value: own, configurable: true },
    require: { value: require, configurable: true, writable: true },
    open: { value: open, configurable: true, writable: true },
    console: { value: scriptConsole(), configurable: true, writable: true },
  });
  return () =>
    before.forEach((descriptor, index) => {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, names[index]);
      else Object.defineProperty(globalThis, names[index], descriptor);
    });
}

/** The value; a response first gets its fields as its own, so that they can be listed. */
const own = Object.assign(
  (value: unknown) => Response.withOwnFields(value),
  Object.fromEntries(LISTING_FUNCTIONS.map((name) => [
    name,
    (...values: unknown[]) =>
      (Object[name] as (...values: unknown[]) => unknown)(...values.map(Response.withOwnFields)),
  ])),
);

/** A file's text, or its bytes with mode `b`; the path is relative to the calling file. */
function open(path: string, mode?: string): string | ArrayBuffer {
  const { phase, world } = currentVu();
  if (phase !== "init") throw new TypeError("open: available only in the init context");
  if (typeof path !== "string" || path === "") throw new TypeError("open: the path is missing");
  const url = new URL(path, world.files.callerOf(new Error().stack ?? "")).href;
  return mode === "b" ? world.files.bytes(url) : world.files.text(url);
}

/** For ES modules; a CommonJS file has its own. */
function require(specifier: unknown): unknown {
  return currentVu().world.files.require(specifier, new Error().stack ?? "");
}

function scriptConsole() {
  const write = (level: "debug" | "info" | "warning" | "error") => (...values: unknown[]) =>
    currentVu().world.print(level, values.map(show).join(" "));
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
  if (value instanceof Error) return currentVu().world.files.describe(value);
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}
