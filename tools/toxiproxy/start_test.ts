import { assertEquals } from "@std/assert";
import { findRealToxiproxy } from "./start.ts";

function find(env: Record<string, string>, files: string[]) {
  return findRealToxiproxy({
    env: (name) => env[name],
    isFile: (path) => files.includes(path),
    project_folder: "/project/",
  });
}

const INSTALLED = "/project/.cache/toxiproxy/toxiproxy-server";

Deno.test("findRealToxiproxy prefers a running server, then PATH, then the installed one", () => {
  const env = { TOXIPROXY_URL: "http://127.0.0.1:8474", PATH: "/a::/b" };
  const files = ["/b/toxiproxy-server", INSTALLED];
  assertEquals(find(env, files), { kind: "running", url: "http://127.0.0.1:8474" });
  assertEquals(find({ ...env, TOXIPROXY_URL: "" }, files), {
    kind: "program",
    path: "/b/toxiproxy-server",
  });
  assertEquals(find({ PATH: "/a" }, files), { kind: "program", path: INSTALLED });
});

Deno.test("findRealToxiproxy returns null if there is none", () => {
  assertEquals(find({}, []), null);
});
