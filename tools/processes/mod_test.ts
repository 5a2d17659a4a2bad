import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

async function* modules(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* modules(new URL(`${name}/`, folder));
    else if (/\.(ts|js)$/.test(name) && !name.endsWith("_test.ts")) yield new URL(name, folder);
  }
}

Deno.test("no service imports what starts processes: it is not in the images", async () => {
  const importing: string[] = [];
  let read = 0;
  for (const folder of ["contracts", "platform", "data_server", "metrics_server"]) {
    for await (const module of modules(new URL(`${folder}/`, ROOT))) {
      read++;
      const text = await Deno.readTextFile(module);
      if (/from "[./]+\/processes\//.test(text)) importing.push(module.pathname);
    }
  }
  assert(read > 100, `${read} modules`);
  assertEquals(importing, []);
});
