import { assertEquals, assertLess } from "@std/assert";
import { type LineEdit, lineEdits } from "./_line_edits.ts";

const shown = (edits: readonly LineEdit[]) =>
  edits.map(({ kind, line }) => ({ kept: " ", removed: "-", added: "+" })[kind] + line).join("|");

Deno.test("lineEdits() keeps what both have, in both orders", () => {
  assertEquals(shown(lineEdits([..."abcdx"], [..."aXcdY"])), " a|-b|+X| c| d|-x|+Y");
  assertEquals(shown(lineEdits([], ["a"])), "+a");
  assertEquals(shown(lineEdits(["a"], [])), "-a");
  assertEquals(shown(lineEdits([], [])), "");
});

Deno.test("lineEdits() replaces a middle that is too large to compare as a whole", () => {
  const from = Array.from({ length: 3_000 }, (_, i) => `old ${i}`);
  const to = Array.from({ length: 3_000 }, (_, i) => `new ${i}`);
  from[10] = to[20] = "in the middle of both";
  const edits = lineEdits(["same", ...from, "end"], ["same", ...to, "end"]);
  assertEquals(edits.length, 6_002);
  assertEquals(edits[11], { kind: "removed", line: "in the middle of both" });
  assertEquals(edits[0], { kind: "kept", line: "same" });
  assertEquals(edits[3_000], { kind: "removed", line: "old 2999" });
  assertEquals(edits[3_001], { kind: "added", line: "new 0" });
  assertEquals(edits[6_001], { kind: "kept", line: "end" });
});

Deno.test("lineEdits() turns one text into the other, whatever they are", () => {
  const letters = ["abcabba", "cbabac", "aaaa", "ba", "", "abcbabcb"];
  for (const a of letters) {
    for (const b of letters) {
      const edits = lineEdits([...a], [...b]);
      const side = (kind: LineEdit["kind"]) =>
        edits.filter((edit) => edit.kind === "kept" || edit.kind === kind)
          .map((edit) => edit.line).join("");
      assertEquals([side("removed"), side("added")], [a, b]);
      assertLess(edits.length, a.length + b.length + 1);
    }
  }
});
