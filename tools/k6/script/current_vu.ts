/** Which VU the code that runs now belongs to: VUs that share a thread take turns at each `await`. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Vu } from "./vu.ts";

const scope = new AsyncLocalStorage<Vu>();

/** The one whose modules are being loaded; one at a time. */
let loading: Vu | null = null;

/** @throws {TypeError} outside of any VU. */
export function currentVu(): Vu {
  const vu = scope.getStore() ?? loading;
  if (vu === null || vu === undefined) {
    throw new TypeError("The k6 modules work only within a script that the runner runs");
  }
  return vu;
}

/** Calls the function as the VU; so is whatever it goes on to await. */
export function runAs<A extends unknown[], T>(vu: Vu, call: (...args: A) => T, ...args: A): T {
  return scope.run(vu, call, ...args);
}

/** Whether what runs now already runs as that VU. */
export function isRunningAs(vu: Vu): boolean {
  return scope.getStore() === vu;
}

/** Loads a VU's modules: what they do at their top level, they do as that VU. */
export async function loadAs<T>(vu: Vu, load: () => Promise<T>): Promise<T> {
  if (loading !== null) throw new TypeError("Cannot load the modules of two VUs at a time");
  loading = vu;
  try {
    return await scope.run(vu, load);
  } finally {
    loading = null;
  }
}
