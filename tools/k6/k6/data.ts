/** Module `k6/data`. */
import { currentVu } from "../script/current_vu.ts";

/**
 * An array that is made once and read by all VUs of a thread: `new SharedArray(name, () => […])`.
 * Its elements are what JSON keeps of them, and cannot be changed.
 */
export class SharedArray {
  constructor(name: string, make: () => unknown) {
    const vu = currentVu();
    if (vu.phase !== "init") {
      throw new TypeError("SharedArray: must be made in the init context");
    }
    if (typeof name !== "string" || name === "") {
      throw new TypeError("SharedArray: the first argument must be a name");
    }
    if (typeof make !== "function") {
      throw new TypeError(`SharedArray "${name}": the second argument must be a function`);
    }
    // A constructor that gives back an object gives that: an array, with all an array can do.
    return vu.world.sharedArray(name, make) as unknown as SharedArray;
  }
}

export default { SharedArray };
