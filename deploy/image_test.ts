import { assertEquals, assertThrows } from "@std/assert";
import { copiedFiles } from "./image.ts";

const CONTEXT = ["a/b.ts", "a/c/d.ts", "ab.ts", "deno.json"];

Deno.test("copiedFiles puts a file into a folder or under the name given", () => {
  assertEquals(copiedFiles({ sources: ["deno.json"], to: "./" }, CONTEXT), [
    { from: "deno.json", to: ".//deno.json" },
  ]);
  assertEquals(copiedFiles({ sources: ["a/b.ts"], to: "x.ts" }, CONTEXT), [
    { from: "a/b.ts", to: "x.ts" },
  ]);
});

Deno.test("copiedFiles puts a folder's content, not the folder, into the target", () => {
  assertEquals(copiedFiles({ sources: ["a"], to: "z" }, CONTEXT), [
    { from: "a/b.ts", to: "z/b.ts" },
    { from: "a/c/d.ts", to: "z/c/d.ts" },
  ]);
});

Deno.test("copiedFiles refuses a source that brings nothing", () => {
  assertThrows(
    () => copiedFiles({ sources: ["deno.json", "b"], to: "./" }, CONTEXT),
    Error,
    "COPY b: not in the build context",
  );
});
