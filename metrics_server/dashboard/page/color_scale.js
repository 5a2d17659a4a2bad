/**
 * The heat map's colors, in OKLCh (https://bottosson.github.io/posts/oklab/).
 *
 * Lightness is monotonic, so the order is visible without hue. Hue changes along with it, so steps
 * are visible.
 */

import { shareOf } from "./domain.js";

export const STEPS = 256;

/** Share of a color that {@link faded} keeps. */
const FADED_SHARE = 0.16;

/** @typedef {{ lightness: number, chroma: number, hue: number }} Stop */

/** @type {Record<"light" | "dark", { low: Stop, middle: Stop, high: Stop }>} */
const SCALES = {
  light: {
    low: { lightness: 0.94, chroma: 0.055, hue: 100 },
    middle: { lightness: 0.64, chroma: 0.105, hue: 192 },
    high: { lightness: 0.29, chroma: 0.125, hue: 284 },
  },
  dark: {
    low: { lightness: 0.3, chroma: 0.085, hue: 284 },
    middle: { lightness: 0.62, chroma: 0.11, hue: 205 },
    high: { lightness: 0.95, chroma: 0.105, hue: 105 },
  },
};

/** The scale's colors, low first: red, green, blue of each step. @param {"light" | "dark"} theme */
export function colorScale(theme) {
  const { low, middle, high } = SCALES[theme];
  const colors = new Uint8Array(STEPS * 3);
  for (let step = 0; step < STEPS; step++) {
    const at = step / (STEPS - 1);
    const stop = at < 0.5 ? between(low, middle, at * 2) : between(middle, high, at * 2 - 1);
    colors.set(srgb(stop), step * 3);
  }
  return colors;
}

/**
 * Faint versions of the colors, for cells outside the search.
 *
 * @param {Uint8Array} colors
 * @param {readonly number[]} ground Red, green, blue of the background.
 */
export function faded(colors, ground) {
  return colors.map((part, i) => part * FADED_SHARE + ground[i % 3] * (1 - FADED_SHARE));
}

/**
 * Colors as the words of an image: `0xAABBGGRR` on a little-endian machine.
 *
 * @param {Uint8Array} colors
 */
export function packed(colors) {
  const bytes = new Uint8Array(STEPS * 4);
  for (let step = 0; step < STEPS; step++) {
    bytes.set(colors.subarray(step * 3, step * 3 + 3), step * 4);
    bytes[step * 4 + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

/**
 * The step of a value; −1 for no value.
 *
 * @param {number} value
 * @param {import("./domain.js").Domain} domain
 */
export function stepOf(value, domain) {
  if (Number.isNaN(value)) return -1;
  if (domain.max <= domain.min) return STEPS >> 1;
  const step = Math.floor(shareOf(value, domain) * STEPS);
  return step < 0 ? 0 : step >= STEPS ? STEPS - 1 : step;
}

/**
 * @param {Stop} a
 * @param {Stop} b
 * @param {number} at
 * @returns {Stop}
 */
function between(a, b, at) {
  const mix = (/** @type {number} */ x, /** @type {number} */ y) => x + (y - x) * at;
  return {
    lightness: mix(a.lightness, b.lightness),
    chroma: mix(a.chroma, b.chroma),
    hue: mix(a.hue, b.hue),
  };
}

/** OKLCh to sRGB bytes, clamped to the sRGB gamut. @param {Stop} stop */
function srgb({ lightness, chroma, hue }) {
  const angle = (hue * Math.PI) / 180;
  const a = chroma * Math.cos(angle);
  const b = chroma * Math.sin(angle);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map(gamma);
}

/** @param {number} linear */
function gamma(linear) {
  const part = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055));
}
