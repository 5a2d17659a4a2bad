/** What all SharedArrays of a thread hold, made once a name. */
export class SharedArrays {
  readonly #by_name = new Map<string, readonly unknown[]>();

  /** @throws {TypeError} where `make` gives no array. */
  get(name: string, make: () => unknown): readonly unknown[] {
    const known = this.#by_name.get(name);
    if (known !== undefined) return known;
    const made = make();
    if (!Array.isArray(made)) {
      throw new TypeError(`SharedArray "${name}": the function must return an array`);
    }
    const kept = freeze(JSON.parse(JSON.stringify(made))) as readonly unknown[];
    this.#by_name.set(name, kept);
    return kept;
  }
}

function freeze(value: unknown): unknown {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) freeze(inner);
    Object.freeze(value);
  }
  return value;
}
