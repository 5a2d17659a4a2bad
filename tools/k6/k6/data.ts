/** Module `k6/data`. */
import { currentVu } from "../script/vu.ts";
import type { VuWorld } from "../script/vu_world.ts";

/** Arrays of each thread, by name. */
const made = new WeakMap<VuWorld, Map<string, readonly unknown[]>>();

/**
 * An array made once and read by all VUs of a thread: `new SharedArray(name, () => […])`. Its
 * elements are frozen, as JSON keeps them.
 */
export class SharedArray {
  /** @throws {TypeError} if `make` does not return an array. */
  constructor(name: string, make: () => unknown) {
    const { phase, world } = currentVu();
    if (phase !== "init") throw new TypeError("SharedArray: must be made in the init context");
    if (typeof name !== "string" || name === "") {
      throw new TypeError("SharedArray: the first argument must be a name");
    }
    if (typeof make !== "function") {
      throw new TypeError(`SharedArray "${name}": the second argument must be a function`);
    }
    let arrays = made.get(world);
    if (arrays === undefined) made.set(world, arrays = new Map());
    let array = arrays.get(name);
    if (array === undefined) arrays.set(name, array = makeArray(name, make));
    // A constructor may return another object: a real array, with all its methods.
    return array as unknown as SharedArray;
  }
}

function makeArray(name: string, make: () => unknown): readonly unknown[] {
  const array = make();
  if (!Array.isArray(array)) {
    throw new TypeError(`SharedArray "${name}": the function must return an array`);
  }
  return freeze(JSON.parse(JSON.stringify(array))) as readonly unknown[];
}

function freeze(value: unknown): unknown {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) freeze(inner);
    Object.freeze(value);
  }
  return value;
}

export default { SharedArray };
