import { assert, assertEquals, assertMatch } from "@std/assert";
import { runProcess } from "../../tools/processes/mod.ts";
import { createDashboard } from "./dashboard.ts";

const PAGE = new URL("./page/", import.meta.url);
const dashboard = createDashboard("");

/** All files of the folder but its tests. */
const PAGE_FILES = [...Deno.readDirSync(PAGE)].map(({ name }) => name)
  .filter((name) => !name.endsWith("_test.ts"));
const pathOf = (file: string) => file === "index.html" ? "/" : `/dashboard/${file}`;

async function send(path: string, init?: RequestInit): Promise<Response> {
  const response = await dashboard(new Request(`http://localhost:8080${path}`, init), path);
  assert(response !== null, path);
  return response;
}

for (const file of PAGE_FILES) {
  const path = pathOf(file);
  Deno.test(`GET ${path} sends ${file} with its type, ETag and policy`, async () => {
    const response = await send(path);
    assertEquals(response.status, 200);
    assertEquals(await response.text(), Deno.readTextFileSync(new URL(file, PAGE)));
    assertMatch(response.headers.get("content-type")!, /^(text\/|image\/svg).*; charset=utf-8$/);
    assertMatch(response.headers.get("etag")!, /^W\/"[0-9a-f]{16}"$/);
    assertEquals(response.headers.get("cache-control"), "no-cache");
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    assertEquals(response.headers.get("referrer-policy"), "no-referrer");
    const policy = response.headers.get("content-security-policy")!;
    assertMatch(policy, /^default-src 'none'; /);
    assert(!/unsafe|data:|\*|https?:/.test(policy), policy);
  });
}

Deno.test("The page names PROMETHEUS_URL in one attribute, whatever its characters", async () => {
  const text = Deno.readTextFileSync(new URL("index.html", PAGE));
  const url = `https://prom.example/a&quot;b"><script>$&`;
  const request = new Request("http://localhost:8080/");
  const response = await createDashboard(url)(request, "/");
  assertEquals(
    await response!.text(),
    text.replace(
      'name="prometheus-url" content="',
      (before) => before + "https://prom.example/a&#38;quot;b&#34;&#62;&#60;script&#62;$&#38;",
    ),
  );
});

Deno.test("A matching ETag gets a 304 with the policy", async () => {
  const etag = (await send("/")).headers.get("etag")!;
  const response = await send("/", { headers: { "if-none-match": `"other", ${etag}` } });
  assertEquals([response.status, response.body], [304, null]);
  assert(response.headers.has("content-security-policy"));
  const other = await send("/", { headers: { "if-none-match": '"other"' } });
  assertEquals(other.status, 200);
});

for (
  const path of [
    "/dashboard",
    "/dashboard/",
    "/dashboard/assets.ts",
    "/dashboard/../mod.ts",
    "/dashboard/table_test.ts",
  ]
) {
  Deno.test(`The dashboard ignores ${path}`, () => {
    assertEquals(dashboard(new Request("http://localhost:8080/"), path), null);
  });
}

Deno.test("Every import of a script resolves to a file of the page", () => {
  for (const file of PAGE_FILES) {
    const text = Deno.readTextFileSync(new URL(file, PAGE));
    for (const [, name] of text.matchAll(/(?:from|import\() ?"\.\/([\w.]+)"/g)) {
      assert(PAGE_FILES.includes(name), `${file}: ${name}`);
    }
  }
});

Deno.test("No file of the page names another host, evaluates text or writes markup", () => {
  for (const file of PAGE_FILES) {
    const text = Deno.readTextFileSync(new URL(file, PAGE))
      // Namespaces, URLs in comments, and a prefix that the page strips.
      .replaceAll("http://www.w3.org/2000/svg", "").replace(/^ \*.*$/gm, "");
    assertEquals(text.match(/https?:\/\/(?!")[a-z0-9]+[^\s/]*/gi), null, file);
    assertEquals(text.match(/innerHTML|insertAdjacentHTML|eval\(|new Function/g), null, file);
    assertEquals(
      text.match(/<style|<script(?! type="module" src=)| style=| on[a-z]+="/g),
      null,
      file,
    );
  }
});

Deno.test("The page's files total less than 76 KiB compressed", async () => {
  let bytes = 0;
  for (const file of PAGE_FILES) {
    const response = await send(pathOf(file), { headers: { "accept-encoding": "gzip" } });
    bytes += (await response.bytes()).length;
  }
  assert(bytes < 76 * 1024, `${bytes} bytes`);
});

Deno.test("The page's scripts have no type errors", async () => {
  const scripts = PAGE_FILES.filter((file) => file.endsWith(".js")).map((file) => `page/${file}`);
  const command = [Deno.execPath(), "check", "--quiet", "--config=check.json", ...scripts];
  const { code, stderr } = await runProcess(command, {
    cwd: new URL(".", import.meta.url),
    env: { NO_COLOR: "1" },
  });
  assertEquals(code, 0, stderr);
});
