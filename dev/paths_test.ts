/** Files of the project are found wherever its folder lies. */
import { assertEquals } from "@std/assert";

const ROOT = `${import.meta.dirname}/..`;

/** Folders that are not the project's own. */
const SKIPPED = [".git", ".cache", "node_modules", "out"];

/** A file's place, as a URL writes it: `%20` for a space. */
const URL_AS_PATH =
  /import\.meta\.url\)\.pathname|\b(ROOT|PROJECT|MAIN|FOLDER|\w+_DIR)\)?\.pathname/;

/** Those that say `decodeURIComponent(…)` first. */
const DECODED = /decodeURIComponent\((new URL\([^)]*\)|\w+)\.pathname/;

function sources(folder: string): string[] {
  return [...Deno.readDirSync(`${ROOT}/${folder}`)].flatMap(({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory) return SKIPPED.includes(name) ? [] : sources(path);
    return name.endsWith(".ts") ? [path] : [];
  });
}

Deno.test("no program takes a URL's pathname for a path: in a folder with a space in its name there is no such file", () => {
  const found = sources("").filter((path) => path !== "dev/paths_test.ts").filter((path) =>
    Deno.readTextFileSync(`${ROOT}/${path}`).split("\n")
      .some((line) => URL_AS_PATH.test(line) && !DECODED.test(line))
  );
  assertEquals(found, []);
});
