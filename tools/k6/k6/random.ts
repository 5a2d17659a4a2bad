/** `Math.random` with a seed, for each VU. */
import type { Vu } from "../script/vu.ts";
import { currentVu } from "../script/current_vu.ts";

const generators = new WeakMap<Vu, () => number>();
let is_installed = false;

export function seedRandom(vu: Vu, seed: number): void {
  generators.set(vu, mulberry32(Math.trunc(seed)));
  if (is_installed) return;
  is_installed = true;
  const unseeded = Math.random;
  Math.random = () => (generators.get(currentVu()) ?? unseeded)();
}

/** Tommy Ettinger's generator mulberry32: 32 bits of state, uniform in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
