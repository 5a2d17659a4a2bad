/** The faults that are on. */
import type { VirtualTime } from "../virtual_time.ts";
import { type DrawnFault, nameOf, type Values } from "../../../chaos/mod.ts";

export class Active {
  readonly #on = new Map<string, { readonly values: Values; readonly since_ms: number }>();

  constructor(readonly time: VirtualTime) {}

  add(fault: DrawnFault): void {
    this.#on.set(nameOf(fault), { values: fault.values, since_ms: this.time.now_ms });
  }

  remove(fault: DrawnFault): void {
    this.#on.delete(nameOf(fault));
  }

  has(name: string): boolean {
    return this.#on.has(name);
  }

  /** Its values; undefined if it is not on. */
  of(name: string): Values | undefined {
    return this.#on.get(name)?.values;
  }

  since(name: string): number | undefined {
    return this.#on.get(name)?.since_ms;
  }

  get none(): boolean {
    return this.#on.size === 0;
  }
}
