/** The VU that the running code belongs to: VUs on one thread take turns at each `await`. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Vu } from "./vu.ts";

const scope = new AsyncLocalStorage<Vu>();

/** The VU whose modules are being loaded; one at a time. */
let loading: Vu | null = null;

/** @throws {TypeError} outside any VU. */
export function currentVu(): Vu {
  const vu = scope.getStore() ?? loading;
  if (vu === null || vu === undefined) {
    throw new TypeError("The k6 modules work only within a script that the runner runs");
  }
  return vu;
}

/** Calls the function as the VU, including everything the function awaits. */
export function runAs<A extends unknown[], T>(vu: Vu, call: (...args: A) => T, ...args: A): T {
  return scope.run(vu, call, ...args);
}

export function isRunningAs(vu: Vu): boolean {
  return scope.getStore() === vu;
}

/** Loads a VU's modules; their top-level code runs as that VU. */
export async function loadAs<T>(vu: Vu, load: () => Promise<T>): Promise<T> {
  if (loading !== null) throw new TypeError("Cannot load the modules of two VUs at a time");
  loading = vu;
  try {
    return await scope.run(vu, load);
  } finally {
    loading = null;
  }
}
