import { assertEquals, assertStringIncludes } from "@std/assert";
import { EXIT_CODES } from "../exit_codes.ts";
import { ok, runScript, said } from "../testing/run_script.ts";
import { serveBytes } from "../testing/scripted_server.ts";

const TWO_VUS = `{ vus: 2, iterations: 2, thresholds: { http_reqs: ["count==2"] } }`;

/** Scripts of which each iteration sends one request. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "exports.default, with blocking VUs": `
    const http = require("k6/http");
    exports.options = ${TWO_VUS};
    exports.default = function () { http.get(__ENV.URL); };`,
  "module.exports, with awaiting VUs": `
    var { asyncRequest } = require("k6/http");
    module.exports = { options: ${TWO_VUS}, default: async () => { await asyncRequest("GET", __ENV.URL); } };`,
  "TypeScript's and Babel's output": `
    "use strict";
    var __importDefault = (m) => (m && m.__esModule) ? m : { default: m };
    Object.defineProperty(exports, "__esModule", { value: true });
    exports.options = exports.default = void 0;
    const http_1 = __importDefault(require("k6/http")), k6_1 = require("k6");
    exports.options = ${TWO_VUS};
    exports.default = () => { http_1.default.get(__ENV.URL); (0, k6_1.check)(1, { one: (n) => n === 1 }); };`,
  "webpack's output": `
    (() => {
      var modules = { 1: (module) => { module.exports = require("k6/http"); } }, cache = {};
      function load(id) {
        if (cache[id]) return cache[id].exports;
        var module = cache[id] = { exports: {} };
        modules[id](module, module.exports, load);
        return module.exports;
      }
      load.n = (m) => { var get = m && m.__esModule ? () => m.default : () => m; get.a = get; return get; };
      load.d = (to, all) => {
        for (var k in all) Object.defineProperty(to, k, { enumerable: true, get: all[k] });
      };
      var made = {}, http = load.n(load(1));
      load.d(made, { default: () => main, options: () => (${TWO_VUS}) });
      const main = () => http().get(__ENV.URL);
      var target = exports;
      for (var i in made) target[i] = made[i];
    })();`,
  "esbuild's output": `
    var __export = (to, all) => {
      for (var k in all) Object.defineProperty(to, k, { get: all[k], enumerable: true });
    };
    var __toESM = (m) => Object.defineProperty({ ...m }, "default", { value: m, enumerable: true });
    var main_exports = {};
    __export(main_exports, { default: () => main, options: () => options });
    module.exports = Object.defineProperty(main_exports, "__esModule", { value: true });
    var import_http = __toESM(require("k6/http"));
    var options = ${TWO_VUS};
    function main() { import_http.default.get(__ENV.URL); }`,
  "sloppy code": `
    sent = require("k6/http").get; var ten = 010;
    with (exports) { options = 1; }
    exports.options = ${TWO_VUS};
    exports.default = function () { if (ten === 8) sent(__ENV.URL); };`,
};

for (const [what, script] of Object.entries(SCRIPTS)) {
  Deno.test(`a CommonJS script runs: ${what}`, async () => {
    await using server = serveBytes(() => ok("x"));
    const { code, stderr } = await runScript(script, { env: { URL: server.url } });
    assertEquals([code, stderr, server.requests.length], [EXIT_CODES.ok, "", 2]);
  });
}

Deno.test("a TypeScript file may be CommonJS", async () => {
  await using server = serveBytes(() => ok("x"));
  const { code, stderr } = await runScript(
    `const http: any = require("k6/http"); enum Times { Two = 2 }
    module.exports = { options: { iterations: Times.Two }, default: (): void => http.get(__ENV.URL!) };`,
    { name: "test.ts", env: { URL: server.url } },
  );
  assertEquals([code, stderr, server.requests.length], [EXIT_CODES.ok, "", 2]);
});

const FILES = {
  "lib.js": `exports.count = 0; exports.next = () => ++exports.count;
    exports.circle = require("./circle.js"); exports.es = require("./es.js");`,
  "circle.js": `exports.seen = Object.keys(require("./lib.js")).join();`,
  "es.js": `import { check } from "k6"; export default check; export const five = 5;`,
  "plain.js": `module.exports = function () { return "called"; };`,
  "data.txt": "text",
};

Deno.test("require loads files once a VU, in circles, lazily, and ES modules", async () => {
  const { code, stderr } = await runScript(
    `
    const lib = require("./lib.js"), again = require("./lib.js");
    let missing;
    try { require("./missing.js"); } catch (error) { missing = error.message; }
    if (false) require("./never.js");
    exports.options = { vus: 2, iterations: 2 };
    exports.default = async () => console.log(lib.next(), again === lib, lib.circle.seen, lib.es.five,
      typeof lib.es.default, require("./plain.js")(), open_, missing);
    const open_ = open("./data.txt");
    require("./plain.js");`,
    { files: FILES },
  );
  assertEquals(code, EXIT_CODES.ok, stderr);
  assertEquals(said(stderr).map((line) => line.slice(0, line.indexOf(" require:"))), [
    "1 true count,next 5 function called text",
    "1 true count,next 5 function called text",
  ]);
  assertStringIncludes(stderr, "require: cannot read the file: no such file");
});

Deno.test("an ES module imports CommonJS files and may require", async () => {
  const { code, stderr } = await runScript(
    `
    import lib, { next } from "./lib.js";
    import * as all from "./lib.js";
    import plain from "./plain.js";
    const { check } = require("k6"), name = "./plain" + ".js";
    const computed = require(name);
    export const options = { vus: 2, iterations: 2 };
    export default async () =>
      console.log(next(), lib.next(), all.circle.seen, plain(), typeof check, computed === plain);`,
    { files: FILES },
  );
  assertEquals(code, EXIT_CODES.ok, stderr);
  const line = "1 2 count,next called function true";
  assertEquals(said(stderr), [line, line]);
});

for (
  const [what, script, message] of [
    [
      "an unsupported module",
      `\nrequire("k6/ws");`,
      `TypeError: require: module "k6/ws" is not supported by this runner`,
    ],
    ["an exception", `\nexports.a.b.c = 1;`, "TypeError: Cannot read properties of undefined"],
  ] as const
) {
  Deno.test(`a CommonJS script with ${what} at its top level exits 107 and names the line`, async () => {
    const { code, stderr } = await runScript(`exports.default = () => {};${script}`);
    assertEquals(code, EXIT_CODES.script_exception);
    assertStringIncludes(stderr, message);
    assertStringIncludes(stderr, "test.js:2:");
  });
}

Deno.test("require in an iteration reads no file", async () => {
  const { stderr } = await runScript(
    `exports.default = () => { require("./plain.js"); };`,
    { files: FILES },
  );
  assertStringIncludes(stderr, "require: files are read only in the init context");
  assertStringIncludes(stderr, "(test.js:1:");
});
