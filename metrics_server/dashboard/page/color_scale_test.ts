import { assert, assertEquals } from "@std/assert";
import { colorScale, faded, packed, stepOf, STEPS } from "./color_scale.js";

const THEMES = ["light", "dark"] as const;

/**
 * Linear sRGB as seen without one kind of cone (full severity). Matrices of Machado,
 * Oliveira, Fernandes 2009, table 1.
 */
const VISIONS = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [
    0.152286,
    1.052583,
    -0.204868,
    0.114503,
    0.786281,
    0.099216,
    -0.003882,
    -0.048116,
    1.051998,
  ],
  deuteranopia: [
    0.367322,
    0.860646,
    -0.227968,
    0.280085,
    0.672501,
    0.047413,
    -0.01182,
    0.04294,
    0.968881,
  ],
  tritanopia: [
    1.255528,
    -0.076749,
    -0.178779,
    -0.078411,
    0.930809,
    0.147602,
    0.004733,
    0.691367,
    0.3039,
  ],
};

/** CIE lightness, 0–100, of a color in this vision. */
function lightness(rgb: Uint8Array, vision: number[]): number {
  const [r, g, b] = [...rgb].map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const seen = [0, 3, 6].map((at) => vision[at] * r + vision[at + 1] * g + vision[at + 2] * b);
  const y = Math.max(0, 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]);
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

for (const theme of THEMES) {
  for (const [name, vision] of Object.entries(VISIONS)) {
    Deno.test(`Lightness of the ${theme} scale is monotonic and wide, seen with ${name}`, () => {
      const colors = colorScale(theme);
      const seen = Array.from({ length: 9 }, (_, i) => {
        const step = Math.min(STEPS - 1, i * 32);
        return lightness(colors.subarray(step * 3, step * 3 + 3), vision);
      });
      const sign = theme === "light" ? -1 : 1;
      for (let i = 1; i < seen.length; i++) {
        assert(sign * (seen[i] - seen[i - 1]) > 4, `${seen.map(Math.round)}`);
      }
      assert(Math.abs(seen[8] - seen[0]) > 55, `${seen.map(Math.round)}`);
    });
  }

  Deno.test(`No color of the ${theme} scale is gray like a missing value`, () => {
    const colors = colorScale(theme);
    for (let step = 0; step < STEPS; step++) {
      const rgb = colors.subarray(step * 3, step * 3 + 3);
      assert(Math.max(...rgb) - Math.min(...rgb) >= 20, `step ${step}: ${rgb}`);
    }
  });
}

Deno.test("stepOf reaches both ends, clamps outside, and returns −1 for no value", () => {
  const step = (value: number) => stepOf(value, { min: 0, max: 10 });
  assertEquals([step(0), step(10), step(-5), step(99), step(NaN)], [0, 255, 0, 255, -1]);
  assertEquals([step(5), stepOf(7, { min: 7, max: 7 })], [128, 128]);
});

Deno.test("stepOf of a logarithmic domain has equal steps per power of ten, 0 with the first", () => {
  const domain = { min: 1e-14, max: 1e-6, is_log: true };
  const steps = [-1, 0, 1e-14, 1.1e-12, 1.1e-10, 1.1e-8, 1e-6].map((value) =>
    stepOf(value, domain)
  );
  assertEquals(steps, [0, 0, 0, 65, 129, 193, 255]);
});

Deno.test("packed stores opaque RGBA; faded stays near the background", () => {
  const bytes = new Uint8Array(packed(colorScale("light")).buffer);
  assertEquals([...bytes.subarray(0, 4)], [...colorScale("light").subarray(0, 3), 255]);
  const ground = [255, 255, 255];
  assert(faded(colorScale("light"), ground).every((part) => part > 205));
});
