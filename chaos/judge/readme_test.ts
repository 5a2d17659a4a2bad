import { assertEquals } from "@std/assert";
import { MEASURES } from "./mod.ts";

Deno.test("the README's table has every measure, in the order of MEASURES", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", import.meta.url));
  const told = [...readme.matchAll(/^\| `(\w+)` +\|/gm)].map(([, measure]) => measure);
  assertEquals(told, Object.keys(MEASURES));
});
