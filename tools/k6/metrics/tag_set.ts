/** Tags that many samples share: one frozen object for each combination. */
import type { Tags } from "./metric.ts";

/** Combinations one set remembers that differ in one tag; more are made anew each time. */
export const REMEMBERED_MAX = 10_000;

/**
 * ```ts
 * const tags = TagSet.EMPTY.with("scenario", "default");
 * tags.with("group", "::a") === tags.with("group", "::a"); // true
 * ```
 */
export class TagSet {
  static readonly EMPTY = new TagSet({});
  readonly tags: Tags;
  /** By name, then by value: a lookup makes no new text. */
  readonly #more = new Map<string, Map<string, TagSet>>();
  #remembered = 0;

  private constructor(tags: Tags) {
    this.tags = Object.freeze(tags);
  }

  /** These tags and one more; the later value wins. */
  with(name: string, value: string): TagSet {
    let by_value = this.#more.get(name);
    const known = by_value?.get(value);
    if (known !== undefined) return known;
    const made = new TagSet({ ...this.tags, [name]: value });
    if (this.#remembered < REMEMBERED_MAX) {
      if (by_value === undefined) this.#more.set(name, by_value = new Map());
      by_value.set(value, made);
      this.#remembered++;
    }
    return made;
  }

  /** These tags and all of the others; values that are no strings become strings. */
  withAll(others: Readonly<Record<string, unknown>> | null | undefined): TagSet {
    const names = Object.keys(others ?? {});
    return names.reduce<TagSet>((set, name) => set.with(name, String(others![name])), this);
  }
}
