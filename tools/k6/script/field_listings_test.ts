import { assertEquals } from "@std/assert";
import { applyEdits } from "./text_edits.ts";
import { parseModule } from "./parse_module.ts";

for (
  const [source, expected] of [
    [`f({ a, ...b, ...c() });`, `f({ a, ...$$k6_own(b), ...$$k6_own(c()) });`],
    [`f([...a], ...b);`, `f([...a], ...b);`],
    [`f({ ...{ ...a } });`, `f({ ...$$k6_own({ ...$$k6_own(a) }) });`],
    [`const { a, ...b } = c;`, `const { a, ...b } = $$k6_own(c);`],
    [`({ a, ...b } = c);`, `({ a, ...b } = $$k6_own(c));`],
    [`const { a, b: [...d] } = c;`, `const { a, b: [...d] } = c;`],
    [`for (const k in Object.keys(a)) f(k);`, `for (const k in $$k6_own($$k6_own.keys(a))) f(k);`],
    [`g = Object.assign || f;`, `g = $$k6_own.assign || f;`],
    [`Object.assign = f; Object.freeze(a); a.Object.keys(b);`, null],
    [`const s = "{ ...a }"; // Object.keys(a)`, null],
  ] as const
) {
  Deno.test(`findFieldListings: ${source}`, async () => {
    const { listings } = await parseModule(source, "file:///s.js");
    assertEquals(applyEdits(source, listings), expected ?? source);
  });
}
