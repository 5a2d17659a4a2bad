/** Where the project's folders are, whatever the directory the lab was started in. */

/** `folderOf("bench")`: URL of that folder, with a slash at its end. */
export function folderOf(name: string): URL {
  return new URL(`../../../${name}/`, import.meta.url);
}
