/** The project works in a folder with a space in its name. */
import { assertEquals } from "@std/assert";

const ROOT = `${import.meta.dirname}/..`;

/** Folders that are not the project's own. */
const SKIPPED = [".git", ".cache", "node_modules", "out"];

/** The path of a URL, in which a space is `%20`. */
const URL_AS_PATH =
  /import\.meta\.url\)\.pathname|\b(ROOT|PROJECT|MAIN|FOLDER|\w+_DIR)\)?\.pathname/;

/** The same, decoded. */
const DECODED = /decodeURIComponent\((new URL\([^)]*\)|\w+)\.pathname/;

function sources(folder: string): string[] {
  return [...Deno.readDirSync(`${ROOT}/${folder}`)].flatMap(({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory) return SKIPPED.includes(name) ? [] : sources(path);
    return name.endsWith(".ts") ? [path] : [];
  });
}

Deno.test("no program uses the encoded pathname of a URL as a path", () => {
  const found = sources("").filter((path) => path !== "dev/paths_test.ts").filter((path) =>
    Deno.readTextFileSync(`${ROOT}/${path}`).split("\n")
      .some((line) => URL_AS_PATH.test(line) && !DECODED.test(line))
  );
  assertEquals(found, []);
});
