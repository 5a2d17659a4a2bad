import { assert, assertEquals } from "@std/assert";
import { DIFFERENCES } from "./differences.ts";

Deno.test("the README tells every difference as it is, and no other", () => {
  const readme = Deno.readTextFileSync(new URL("./README.md", import.meta.url));
  const table = /## Differences\n([\s\S]*?)\n## /.exec(readme)![1];
  const squeeze = (text: string) => text.replaceAll(/\s+/g, " ");
  const rows = table.split("\n").filter((line) => line.startsWith("|")).slice(2).map(squeeze);
  const wanted = DIFFERENCES.map(({ real, embedded, because }) =>
    `| ${real} | ${embedded} | ${because} |`
  );
  for (const row of wanted) assert(rows.includes(squeeze(row)), `README lacks ${row}`);
  assertEquals(rows.length, wanted.length);
});
