import { assertAlmostEquals, assertEquals } from "@std/assert";
import { signedRank } from "./signed_rank.ts";

// Exact one-sided p-values; with n pairs the smallest is 2^-n (Wilcoxon 1945, table I).
const TABLE: [differences: number[], p_value: number, estimate: number][] = [
  [[1, 2, 3, 4, 5, 6], 1 / 64, 3.5],
  [[-1, -2, -3, -4, -5, -6], 1, -3.5],
  [[-1, 2, 3, 4, 5], 2 / 32, 3],
  [[1, -1], 3 / 4, 0],
  [[0, 0, 0], 1, 0],
];

for (const [differences, p_value, estimate] of TABLE) {
  Deno.test(`signedRank([${differences}]) has p ${p_value} and estimates ${estimate}`, () => {
    const found = signedRank(differences);
    assertAlmostEquals(found.p_value, p_value, 1e-12);
    assertAlmostEquals(found.estimate, estimate, 1e-12);
  });
}

Deno.test("signedRank() equals an enumeration of all signs, ties included", () => {
  for (const values of [[1, 1, 2, 3], [0.5, 0.5, 0.5, 2, 2, 7], [3, -1, 2, -2, 5, 5, -4]]) {
    const n = values.length;
    const size = values.map(Math.abs);
    const rank = size.map((v) =>
      size.filter((o) => o < v).length + (size.filter((o) => o === v).length + 1) / 2
    );
    const sum = (signs: number) =>
      rank.reduce((total, r, i) => signs >> i & 1 ? total + r : total, 0);
    const seen = values.reduce((total, v, i) => v > 0 ? total + rank[i] : total, 0);
    const extreme = Array.from({ length: 2 ** n }, (_, signs) => sum(signs)).filter((s) =>
      s >= seen
    );
    assertAlmostEquals(signedRank(values).p_value, extreme.length / 2 ** n, 1e-12);
  }
});

Deno.test("signedRank() ignores one round slowed tenfold", () => {
  assertEquals(signedRank([0.1, 0.1, 0.1, 0.1, 10]).estimate < 0.2, true);
});
