/** Draws cases for targets in turn, until a time has passed or a case breaks an invariant. */
import { shrink } from "../../../tools/verdict/mod.ts";
import { Random } from "../../../metrics_server/testing/random.ts";

/** Input of a case: texts in order, for example raw requests. A character is a byte. */
export type Parts = readonly string[];

export interface Target {
  readonly name: string;
  /** Prepares what all cases share; a text is the reason why the target is skipped. */
  open(): Promise<OpenTarget | string>;
}

export interface OpenTarget extends AsyncDisposable {
  draw(random: Random): Parts;
  /** The broken invariant, or null. */
  check(parts: Parts): Promise<string | null>;
}

/** A case that breaks an invariant, as it is written to a file. */
export interface Finding {
  readonly target: string;
  readonly seed: number;
  readonly problem: string;
  readonly parts: Parts;
}

/** Most cases that are tried to make a finding smaller. */
const SHRINK_RUNS_MAX = 300;

/** Runs cases of seeds from `seed` on while `goesOn`; returns the cases and the first finding. */
export async function fuzz(
  name: string,
  target: OpenTarget,
  seed: number,
  goesOn: (cases: number) => boolean,
): Promise<{ cases: number; finding: Finding | null }> {
  let cases = 0;
  for (; goesOn(cases); cases++) {
    const parts = target.draw(new Random(seed + cases));
    const problem = await problemOf(target, parts);
    if (problem === null) continue;
    const { value } = await shrink(parts, {
      candidates: smaller,
      runs_max: SHRINK_RUNS_MAX,
      isBroken: async (candidate) => kindOf(await problemOf(target, candidate)) === kindOf(problem),
    });
    const smallest = await problemOf(target, value) ?? problem;
    const finding = { target: name, seed: seed + cases, problem: smallest, parts: value };
    return { cases: cases + 1, finding };
  }
  return { cases, finding: null };
}

/** The broken invariant; an error that `check` throws breaks one, too. */
export async function problemOf(target: OpenTarget, parts: Parts): Promise<string | null> {
  try {
    return await target.check(parts);
  } catch (error) {
    return `threw: ${error instanceof Error ? error.stack ?? error.message : error}`;
  }
}

/** A problem without its values, which change while a case shrinks. */
function kindOf(problem: string | null): string | null {
  return problem && problem.split(":")[0];
}

/** Cases without one of the parts, then without a stretch of one, the longest stretches first. */
function* smaller(parts: Parts): Generator<Parts> {
  for (const i of parts.keys()) yield parts.toSpliced(i, 1);
  const longest = Math.max(0, ...parts.map((part) => part.length));
  for (let size = longest >> 1; size > 0; size >>= 1) {
    for (const [i, part] of parts.entries()) {
      for (let at = 0; at + size <= part.length; at += size) {
        yield parts.with(i, part.slice(0, at) + part.slice(at + size));
      }
    }
  }
}

/** Bytes of a text whose characters are bytes. */
export function bytesOfPart(part: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(part, (char) => char.charCodeAt(0));
}

/** A text whose characters are the bytes of its UTF-8. */
export function partOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
