/** Where the real Toxiproxy is, if anywhere. */

/** Where `deno task toxiproxy:install` puts it, from the project's folder. */
export const INSTALL_FOLDER = ".cache/toxiproxy";
export const SERVER_NAME = "toxiproxy-server";

export type RealToxiproxy =
  /** One that runs already; others may use it too. */
  | { readonly kind: "running"; readonly url: string }
  /** A program to start. */
  | { readonly kind: "program"; readonly path: string };

/** What is looked at; tests put their own in. */
export interface FindWorld {
  env(name: string): string | undefined;
  isFile(path: string): boolean;
  /** Ends with a slash. */
  readonly project_folder: string;
}

const DENO_WORLD: FindWorld = {
  env: (name) => Deno.env.get(name),
  isFile(path) {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  },
  project_folder: `${import.meta.dirname}/../../`,
};

/** `TOXIPROXY_URL`, else `toxiproxy-server` on PATH, else the installed one; null where none is. */
export function findRealToxiproxy(world: FindWorld = DENO_WORLD): RealToxiproxy | null {
  const url = world.env("TOXIPROXY_URL");
  if (url) return { kind: "running", url };
  const folders = (world.env("PATH") ?? "").split(":").filter((folder) => folder !== "");
  const installed = world.project_folder + INSTALL_FOLDER;
  for (const folder of [...folders, installed]) {
    const path = `${folder}/${SERVER_NAME}`;
    if (world.isFile(path)) return { kind: "program", path };
  }
  return null;
}
