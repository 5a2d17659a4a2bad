import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { findBlockingCall } from "./blocking_calls.ts";
import { findImports } from "./imports.ts";
import { loadGraph } from "./module_graph.ts";
import { resolveModule } from "./modules.ts";
import { ScriptError } from "./script_error.ts";
import { tokenize } from "./tokens.ts";

const texts = (source: string) => tokenize(source).map(({ text }) => text);

for (
  const [what, source, expected] of [
    ["leaves out comments", "a // b\n/* c\n */ d", ["a", "d"]],
    ["leaves out the first line where it is for the shell", "#!/usr/bin/env k6\na", ["a"]],
    ["keeps strings whole", `'it\\'s' "a // b"`, [`'it\\'s'`, `"a // b"`]],
    ["ends a string that is not closed with its line", `"a\nb`, [`"a`, "b"]],
    ["looks into a template's holes", "`a${b + `c${d}`}e`f", [
      "`a${",
      "b",
      "+",
      "`c${",
      "d",
      "}`",
      "}e`",
      "f",
    ]],
    ["tells braces in a hole from its end", "`${{ a: 1 }}`", [
      "`${",
      "{",
      "a",
      ":",
      "1",
      "}",
      "}`",
    ]],
    ["reads a regular expression as one token", `x = /["'/]\\//g.test(y)`, [
      "x",
      "=",
      `/["'/]\\//g`,
      ".",
      "test",
      "(",
      "y",
      ")",
    ]],
    ["reads a division as one", "a / b / c", ["a", "/", "b", "/", "c"]],
    ["takes return before a slash for what it is", "return /a/", ["return", "/a/"]],
    ["reads numbers whole", "1_000.5e3 .5 0xff", ["1_000.5e3", ".5", "0xff"]],
  ] as const
) {
  Deno.test(`tokenize ${what}`, () => assertEquals(texts(source), [...expected]));
}

Deno.test("tokenize numbers lines through comments, strings and templates", () => {
  const tokens = tokenize("a\n/*\n*/ b\n`\n` c");
  assertEquals(tokens.map(({ text, line }) => [text, line]), [["a", 1], ["b", 3], ["`\n`", 4], [
    "c",
    5,
  ]]);
});

Deno.test("findImports finds every form, with names and offsets, and nothing else", () => {
  const source = [
    `import "./a.js";`,
    `import b, { c as d, default as e, f } from './b.js';`,
    `import * as g from "k6";`,
    `export { h } from "./h.js"; export * from "./i.js";`,
    `const j = await import("./j.js"), k = import.meta.url, l = x.import("./l.js");`,
    `// import "./m.js";`,
    "const n = `import './n.js'`; export { n }; export const from = 'o';",
  ].join("\n");
  const imports = findImports(tokenize(source));
  assertEquals(
    imports.map(({ specifier, line, whole, named, is_dynamic }) => [
      specifier,
      line,
      whole.join(),
      named.map((pair) => pair.join(":")).join(),
      is_dynamic,
    ]),
    [
      ["./a.js", 1, "", "", false],
      ["./b.js", 2, "b,e", "c:d,f:f", false],
      ["k6", 3, "g", "", false],
      ["./h.js", 4, "", "", false],
      ["./i.js", 4, "", "", false],
      ["./j.js", 5, "", "", true],
    ],
  );
  for (const { start, end, specifier } of imports) {
    assertEquals(source.slice(start + 1, end - 1), specifier);
  }
});

for (
  const [source, expected] of [
    [`import http from "k6/http";\nhttp.get("x");`, "http.get:2"],
    [`import h from "k6/http";\n\nh.batch([]);`, "h.batch:3"],
    [`import * as http from "k6/http"; http["get"]("x")`, "http[…]:1"],
    [`import { post as send } from "k6/http"; send("x")`, "send:1"],
    [`import { sleep } from "k6"; export default () => sleep(1);`, "sleep:1"],
    [`import k6 from "k6"; k6.sleep(1);`, "k6.sleep:1"],
    [`import http from "k6/http"; \`\${http.get("x").body}\``, "http.get:1"],
    [`import http from "k6/http"; http.asyncRequest("GET", "x");`, null],
    [`import http from "k6/http"; // http.get("x")\n"http.get('x')"`, null],
    [`import http from "./http.js"; http.get("x");`, null],
    [`import { sleep } from "k6"; const a = { sleep: 1 }; a.sleep(2);`, null],
    [`import http from "k6/http"; http.expectedStatuses(200); http.cookieJar();`, null],
  ] as const
) {
  Deno.test(`findBlockingCall finds ${expected ?? "nothing"} in ${source.replaceAll("\n", " ")}`, () => {
    const tokens = tokenize(source);
    const call = findBlockingCall(tokens, findImports(tokens));
    assertEquals(call === null ? null : `${call.call}:${call.line}`, expected);
  });
}

for (
  const [specifier, expected] of [
    ["k6", { runner_file: "core.ts" }],
    ["k6/http", { runner_file: "http.ts" }],
    ["https://jslib.k6.io/k6-summary/0.0.4/index.js", { runner_file: "jslib/k6_summary.ts" }],
    ["https://jslib.k6.io/k6-utils/1.4.0/index.js", { runner_file: "jslib/k6_utils.ts" }],
    ["./a.js", { url: "file:///s/a.js" }],
    ["../a/b.js", { url: "file:///a/b.js" }],
    ["/a.js", { url: "file:///a.js" }],
  ] as const
) {
  Deno.test(`resolveModule leads ${specifier} to ${Object.values(expected)[0]}`, () => {
    assertEquals(resolveModule(specifier, "file:///s/test.js"), expected);
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
  Deno.test(`resolveModule refuses ${specifier}`, () => {
    assert("refusal" in resolveModule(specifier, "file:///s/test.js"));
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

Deno.test("loadGraph reads each file once, those imported before those that import", async () => {
  const graph = await loadGraph(
    "file:///s/a.js",
    readerOf({
      "a.js": `import "./b.js"; import "./c.js";`,
      "b.js": `import "./c.js"; import { sleep } from "k6";\nsleep(1);`,
      "c.js": "",
    }),
  );
  assertEquals(graph.modules.map(({ label }) => label), ["c.js", "b.js", "a.js"]);
  assertEquals(graph.blocking, { call: "sleep", line: 2, label: "b.js" });
});

Deno.test("loadGraph names a circle of imports", async () => {
  const files = { "a.js": `import "./b.js";`, "b.js": `import "./a.js";` };
  const error = await assertRejects(
    () => loadGraph("file:///s/a.js", readerOf(files)),
    ScriptError,
  );
  assertStringIncludes(error.message, "a.js → b.js → a.js");
});
