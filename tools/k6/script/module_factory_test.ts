import { assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { defineGlobals } from "../k6/globals.ts";
import { Instantiator } from "./instantiate.ts";
import type { ScriptExports } from "./module_factory.ts";
import { loadGraph } from "./module_graph.ts";

const graphOf = (files: Record<string, string>, entry = "main.js") =>
  loadGraph(`file:///s/${entry}`, {
    readText: (url) => Promise.resolve(files[url.slice("file:///s/".length)]),
    label: (url) => url.slice("file:///s/".length),
  });

/** The first instance imports modules, the others call the factories if all files have one. */
async function instancesOf(files: Record<string, string>, entry?: string) {
  const instantiator = new Instantiator(await graphOf(files, entry), () => "");
  const instances: ScriptExports[] = [];
  for (let i = 0; i < 3; i++) instances.push(await instantiator.instantiate());
  return { instances, instantiator };
}

/** The result of `default()` in each instance. */
async function resultsOf(files: Record<string, string>, entry?: string) {
  const undo = defineGlobals();
  try {
    const { instances } = await instancesOf(files, entry);
    return await Promise.all(instances.map((one) => (one.default as () => unknown)()));
  } finally {
    undo();
  }
}

const isModule = (one: ScriptExports) => Object.prototype.toString.call(one) === "[object Module]";

const LIB = `
  let calls = 0;
  export const list = [1, 2], twice = (n) => 2 * n;
  export async function* counted() { yield ++calls; }
  export function count() { return ++calls; }
  export class Box { static size = 3 }
  export default class { name() { return "lib"; } }
`;

for (
  const [what, main] of [
    ["a function without a name", `export default async function () { return 1; }`],
    ["a function with a name", `export default function run() { return typeof run; }`],
    ["an arrow function", `export default () => 1`],
    ["a value", `const f = () => 5;\nexport default f;`],
    ["a list with default", `function f() { return 7; }\nexport { f as default, f as g };`],
    [
      "exported variables",
      `export let a = 1; export var b = 2; export default () => a++ + b;`,
    ],
    ["await at the top level", `const a = await Promise.resolve(3); export default () => a;`],
    [
      "brackets in templates",
      "const a = `${{ b: `}` }.b}`;\nexport const c = 1;\nexport default () => a;",
    ],
    [
      "properties named export and import",
      `const o = { export: 1, import: 2 };\nexport default () => o.export + o.import;`,
    ],
    [
      "imports of every form",
      `import Lib, { count, twice as double,\n // a comment\n Box } from "./lib.js";
       import * as all from "./lib.js";
       import "./lib.js";
       import { default as Again, list } from './lib.js'
       import k6, { check } from "k6";
       export default () => [new Lib().name(), new Again().name(), count(), double(4), Box.size,
         all.count(), list, typeof check, typeof k6.group, Object.keys(all)];`,
    ],
  ]
) {
  Deno.test(`a factory returns what the module exports: ${what}`, async () => {
    const files = { "main.js": main, "lib.js": LIB };
    const [of_module, ...of_factories] = await resultsOf(files);
    for (const result of of_factories) assertEquals(result, of_module);
    const { instances } = await instancesOf(files);
    assertEquals(instances.map(isModule), [true, false, false], "no factory");
    assertEquals(Object.keys(instances[1]).sort(), Object.keys(instances[0]).sort());
  });
}

Deno.test("each instance has its own variables, in every file", async () => {
  const { instances } = await instancesOf({
    "main.js": `import { count, list } from "./lib.js"; let own = 0;
      export const shared = list; export default () => [own++, count()];`,
    "lib.js": LIB,
  });
  const call = (at: number) => (instances[at].default as () => number[])();
  assertEquals([call(1), call(1), call(2), call(0)], [[0, 1], [1, 2], [0, 1], [0, 1]]);
  assertNotEquals(instances[1].shared === instances[2].shared, true);
});

Deno.test("later instances share compiled code: they are not modules", async () => {
  const { instances } = await instancesOf({ "main.js": "export default () => 1;" });
  assertEquals(instances.map(isModule), [true, false, false]);
});

for (
  const [what, files] of [
    ["imports while it runs", { "main.js": `export default () => import("./lib.js");` }],
    ["re-exports from another file", { "main.js": `export { count } from "./lib.js";` }],
    ["re-exports all of another file", { "main.js": `export * from "./lib.js";` }],
    ["imports a variable that may change", {
      "main.js": `import { n, up } from "./n.js"; export default () => { up(); return n; };`,
    }],
    ["imports a variable that may change, from a list", {
      "main.js": `import { n, up } from "./l.js"; export default () => { up(); return n; };`,
    }],
  ] as [string, Record<string, string>][]
) {
  Deno.test(`each instance imports modules if the script ${what}`, async () => {
    const all = {
      ...files,
      "lib.js": LIB,
      "n.js": "export let n = 1; export const up = () => n++;",
      "l.js": "let n = 1; const up = () => n++; export { n, up };",
    };
    const { instances } = await instancesOf(all);
    assertEquals(instances.map(isModule), [true, true, true]);
    if (files["main.js"].includes("up")) assertEquals(await resultsOf(all), [2, 2, 2]);
  });
}

Deno.test("errors of all instances name the same file, line and function", async () => {
  const main = `import {\n  check,\n} from "k6";\nimport {\n  count\n} from "./lib.js";\n` +
    `export default function () {\n  check; count();\n  throw new Error("here");\n}\n`;
  const { instances, instantiator } = await instancesOf({ "main.js": main, "lib.js": LIB });
  for (const one of instances) {
    const run = one.default as () => void;
    const error = await assertRejects(async () => await run());
    const stack = instantiator.localize((error as Error).stack!);
    assertMatch(stack.split("\n")[1], /at default \(main\.js:9:9\)/);
  }
});

Deno.test("factories work for TypeScript with type-only imports and exports", async () => {
  const files = {
    "main.ts": `import type { T } from "./t.ts"; import { one } from "./t.ts";
      const two: T = 2; export default (): T => one + two; export type { T } from "./t.ts";`,
    "t.ts": `type U = number; export const one: U = 1; export type { U as T };
      export interface V {} import type { W } from "./main.ts";`,
  };
  const { instances } = await instancesOf(files, "main.ts");
  assertEquals(instances.map(isModule), [true, false, false]);
  assertEquals(await resultsOf(files, "main.ts"), [3, 3, 3]);
});
