/** Module `k6`. */
import { mulberry32 } from "../../verdict/mod.ts";
import { THREAD_VUS_MAX } from "../blocking_vus/messages.ts";
import { peakVus } from "../options/scenario.ts";
import { NotSupported } from "../script/errors.ts";
import { isThenable } from "../script/thenable.ts";
import { currentVu, type Vu } from "../script/vu.ts";

/** True if all hold; each counts in the metric `checks` and in the summary. */
export function check(
  value: unknown,
  checks: Record<string, unknown>,
  tags?: Record<string, unknown>,
): boolean {
  const vu = currentVu();
  const { world } = vu;
  if (vu.phase === "init") throw new TypeError("check: not available in the init context");
  let all = true;
  const time_ms = world.epoch_ms();
  const own = tags === undefined || tags === null ? vu.tags : vu.tags.withAll(tags);
  for (const name of Object.keys(checks)) {
    let ok = false, thrown: unknown = null, threw = false;
    try {
      ok = holds(name, value, checks[name]);
    } catch (error) {
      thrown = error;
      threw = true;
    }
    if (!ok) all = false;
    world.countCheck(vu.group, name, ok);
    const { tags: sample_tags } = world.has_check_tag ? own.with("check", name) : own;
    world.add(world.metrics.checks, ok ? 1 : 0, sample_tags, time_ms);
    if (threw) throw thrown;
  }
  return all;
}

const AsyncFunction = (async () => {}).constructor;

/** @throws {TypeError} on a promise: it is always truthy, whatever its result. */
function holds(name: string, value: unknown, condition: unknown): boolean {
  if (isThenable(value)) throw refusedCheck(name, "the checked value is a promise", "it");
  let result = condition;
  if (typeof condition === "function") {
    if (condition instanceof AsyncFunction) {
      throw refusedCheck(name, "the condition is an async function", "its result");
    }
    result = condition(value);
  }
  if (isThenable(result)) throw refusedCheck(name, "the condition returns a promise", "it");
  return Boolean(result);
}

function refusedCheck(name: string, what: string, awaited: string): TypeError {
  return new TypeError(
    `check "${name}": ${what}, which would always hold; await ${awaited} before check, and check ` +
      "the result",
  );
}

/** Calls the function; its samples are tagged with the group's path. */
export function group<T>(name: string, call: () => T): T {
  const vu = currentVu();
  const { world } = vu;
  if (vu.phase === "init") throw new TypeError("group: not available in the init context");
  if (typeof call !== "function") {
    throw new TypeError(`group "${name}": the second argument must be a function`);
  }
  if (call.constructor.name === "AsyncFunction") {
    throw new TypeError(
      `group "${name}": must not be an async function: code after an await would run outside the ` +
        "group",
    );
  }
  const outer = vu.group;
  const started_ms = world.now();
  vu.enterGroup(world.groups.group(outer, name));
  try {
    return call();
  } finally {
    const duration_ms = world.now() - started_ms;
    world.add(world.metrics.group_duration, duration_ms, vu.tags.tags, world.epoch_ms());
    vu.enterGroup(outer);
  }
}

/** Ends the iteration with an error. */
export function fail(reason = ""): never {
  throw new Error(reason);
}

/** Waits, in seconds; text is read as a number. What is not a number waits 0 s, as in k6. */
export function sleep(seconds: unknown): void {
  const vu = currentVu();
  const duration_ms = Number(seconds) * 1000;
  if (Number.isNaN(duration_ms)) {
    return vu.world.log("warning", `sleep: ${String(seconds)} is not a number of seconds: no wait`);
  }
  if (vu.phase === "init") {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration_ms);
  } else if (vu.transport.blocking === null) throw blocksOthers(vu, "sleep");
  else vu.transport.blocking.sleep(duration_ms);
}

const generators = new WeakMap<Vu, () => number>();
let is_random_replaced = false;

/** `Math.random` returns the same numbers again for this VU. */
export function randomSeed(seed: number): void {
  generators.set(currentVu(), mulberry32(Math.trunc(seed)));
  if (is_random_replaced) return;
  is_random_replaced = true;
  const unseeded = Math.random;
  Math.random = () => (generators.get(currentVu()) ?? unseeded)();
}

/** Ends the run at a blocking call of a VU that shares its thread. */
export function blocksOthers({ world }: Vu, name: string): NotSupported {
  const error = new NotSupported(
    `${name} waits without await, but the ${peakVus(world.options?.scenarios ?? [])} VUs share a ` +
      `thread: blocking scripts may have ${THREAD_VUS_MAX} VUs; use fewer, or http.asyncRequest`,
  );
  world.host.refuse(world.files.describe(error));
  return error;
}

export default { check, fail, group, randomSeed, sleep };
