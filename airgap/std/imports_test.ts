/** The stand-ins hold only what the project imports. */

import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);
const PACKAGES = ["assert", "csv", "testing"];
const SKIPPED = new Set(["airgap", "node_modules", "out"]);

/** Names that a module exports, also by `export *`. */
function exportsOf(file: URL): string[] {
  const source = Deno.readTextFileSync(file);
  const own = source.matchAll(
    /^export (?:async )?(?:function|const|class|interface|type) ([a-zA-Z_]+)/gm,
  );
  const reexported = source.matchAll(/^export \* from "(.+)";/gm);
  return [
    ...new Set(own.map(([, name]) => name)),
    ...reexported.flatMap(([, path]) => exportsOf(new URL(path, file))),
  ];
}

/** Imports from `@std`, as `@std/http/etag ifNoneMatch`, in all sources below a folder. */
function importsBelow(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (name.startsWith(".") || SKIPPED.has(name)) return [];
    if (isDirectory) return importsBelow(new URL(`${name}/`, folder));
    if (!/\.[jt]s$/.test(name)) return [];
    const source = Deno.readTextFileSync(new URL(name, folder));
    return [...source.matchAll(/import (?:type )?\{([^}]*)\} from "(@std\/[^"]+)"/g)]
      .flatMap(([, names, from]) =>
        names.split(",").map((each) => each.trim().replace(/^type /, "").split(" ")[0])
          .filter((each) => each !== "").map((each) => `${from} ${each}`)
      );
  });
}

Deno.test("every export of airgap/std is imported by the project", () => {
  const exported = PACKAGES.flatMap((name) => {
    const folder = new URL(`${name}/`, import.meta.url);
    const { exports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", folder)));
    return Object.entries<string>(exports).flatMap(([subpath, file]) =>
      exportsOf(new URL(file, folder)).map((each) => `@std/${name}${subpath.slice(1)} ${each}`)
    );
  });
  assertEquals(exported.length > 15, true);
  const imported = new Set(importsBelow(ROOT));
  assertEquals(exported.filter((each) => !imported.has(each)), []);
});
