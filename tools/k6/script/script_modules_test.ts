import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ScriptError } from "./errors.ts";
import { loadGraph } from "./module_graph.ts";
import { parseModule } from "./parse_module.ts";

Deno.test("parseModule finds every form of import with its offsets", async () => {
  const source = [
    `import "./a.js";`,
    `import b, { c as d, default as e, f } from './b.js';`,
    `import * as g from "k6";`,
    `export { h } from "./h.js"; export * from "./i.js";`,
    `const j = await import("./j.js"), k = import.meta.url, l = x.import("./l.js");`,
    `// import "./m.js";`,
    "const n = `import './n.js'`; export { n }; export const from = 'o';",
    "const p = `${await import('./p.js')} ${`import './q.js'`}`;",
  ].join("\n");
  const { imports } = await parseModule(source, "file:///s.js");
  assertEquals(
    imports.map(({ specifier, line, is_dynamic }) => [specifier, line, is_dynamic]),
    [
      ["./a.js", 1, false],
      ["./b.js", 2, false],
      ["k6", 3, false],
      ["./h.js", 4, false],
      ["./i.js", 4, false],
      ["./j.js", 5, true],
      ["./p.js", 8, true],
    ],
  );
  for (const { start, end, specifier } of imports) {
    assertEquals(source.slice(start + 1, end - 1), specifier);
  }
});

for (
  const [after, source] of [
    ["a closing parenthesis", `if (y) /import "nope"/.test(y);`],
    ["a closing brace", `{}\n/import "nope"/.test(y);`],
    ["an increment", `i++ / 2; const s = 'import "nope"'; j / 1;`],
    ["a bracket", `a[0] / 2; const s = 'import "nope"'; j / 1;`],
    ["a comment", `x = /* import "nope" */ /["'\`]import "nope"/;`],
    ["a template's code", 'x = `${y ? `}` : /`import "nope"/} import "nope"`;'],
    ["a hashbang line", `#!/usr/bin/env -S k6 run import "nope"\n`],
  ] as const
) {
  Deno.test(`parseModule invents no import from a slash after ${after}`, async () => {
    const text = `${source}\nimport { sleep } from "k6"; \`\${sleep(1)}\`;`;
    const { imports, blocking } = await parseModule(text, "file:///s.js");
    assertEquals(imports.map(({ specifier }) => specifier), ["k6"]);
    assertEquals(blocking, { call: "sleep", line: text.split("\n").length, is_certain: true });
  });
}

for (
  const [where, source] of [
    ["after a regular expression that follows a parenthesis", "if (y) /[\"'`]/.test(y); CALL;"],
    ["after a regular expression that follows a brace", "{} /[\"'`]/.test(y); CALL;"],
    ["between two divisions", "i++ / 2; CALL; j / 1;"],
    ["in a template's code", "`${ { a: `${ CALL }` }.a } /`;"],
  ] as const
) {
  Deno.test(`parseModule finds the call ${where}`, async () => {
    const text = `import http from "k6/http";\n${source.replace("CALL", 'http.get("x")')}`;
    const { blocking } = await parseModule(text, "file:///s.js");
    assertEquals(blocking, { call: "http.get", line: 2, is_certain: true });
  });
}

Deno.test("parseModule reads TypeScript if the URL ends in .ts", async () => {
  const text =
    `import type { T } from "./t.ts"; import { U } from "./u.ts"; enum E { A = <T> 1 }\n` +
    `const f = <U,>(u: U): u is U & T => /import "nope"/.test(u!); type Q = import("./q.ts").Q;`;
  const specifiers = async (url: string) =>
    (await parseModule(text, url)).imports.map(({ specifier }) => specifier);
  assertEquals(await specifiers("file:///s.ts"), ["./u.ts"]);
  assertEquals(await specifiers("file:///s.js"), []);
});

/** The import of a script that contains no other. */
async function importOf(specifier: string) {
  const { modules } = await loadGraph("file:///s/test.js", {
    readText: (url) => Promise.resolve(url === "file:///s/test.js" ? `import "${specifier}";` : ""),
    label: (url) => url.slice("file:///s/".length),
  });
  return modules.at(-1)!.imports[0];
}

for (
  const [specifier, url, is_runner] of [
    ["k6", "/k6/k6/core.ts", true],
    ["k6/http", "/k6/k6/http.ts", true],
    ["https://jslib.k6.io/k6-summary/0.0.4/index.js", "/k6/k6/jslib/k6_summary.ts", true],
    ["https://jslib.k6.io/k6-utils/1.4.0/index.js", "/k6/k6/jslib/k6_utils.ts", true],
    ["./a.js", "file:///s/a.js", false],
    ["../a/b.js", "file:///a/b.js", false],
    ["/a.js", "file:///a.js", false],
  ] as const
) {
  Deno.test(`loadGraph resolves ${specifier} to ${url}`, async () => {
    const found = await importOf(specifier);
    assert(found.url.endsWith(url), found.url);
    assertEquals(found.is_runner, is_runner);
  });
}

for (
  const specifier of [
    "k6/ws",
    "k6/browser",
    "k6/net/grpc",
    "k6/x/sql",
    "https://jslib.k6.io/aws/0.13.0/s3.js",
    "lodash",
    "http://example.com/a.js",
  ]
) {
  Deno.test(`loadGraph refuses ${specifier} and names the line`, async () => {
    const { message } = await assertRejects(() => importOf(specifier), ScriptError);
    assertStringIncludes(message, `test.js:1: module "${specifier}" is not`);
  });
}

function readerOf(files: Record<string, string>) {
  return {
    readText(url: string) {
      const text = files[url.slice("file:///s/".length)];
      return text === undefined ? Promise.reject(new Error("no such file")) : Promise.resolve(text);
    },
    label: (url: string) => url.slice("file:///s/".length),
  };
}

Deno.test("loadGraph reads each file once and lists it after its imports", async () => {
  const graph = await loadGraph(
    "file:///s/a.js",
    readerOf({
      "a.js": `import "./b.js"; import "./c.js";`,
      "b.js": `import "./c.js"; import { sleep } from "k6";\nsleep(1);`,
      "c.js": "",
    }),
  );
  assertEquals(graph.modules.map(({ label }) => label), ["c.js", "b.js", "a.js"]);
  assertEquals(graph.blocking, { call: "sleep", line: 2, is_certain: true, label: "b.js" });
});

Deno.test("loadGraph names the files of an import circle", async () => {
  const files = { "a.js": `import "./b.js";`, "b.js": `import "./a.js";` };
  const error = await assertRejects(
    () => loadGraph("file:///s/a.js", readerOf(files)),
    ScriptError,
  );
  assertStringIncludes(error.message, "a.js → b.js → a.js");
});
