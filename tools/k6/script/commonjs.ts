/**
 * The CommonJS files of a script: `require`, `module.exports`, `exports`.
 *
 * ```
 * file ── compile, once ──▶ (exports, require, module) => …   sloppy mode, as the file expects
 *                             └── called once by each VU, when the VU first requires the file
 * ```
 */
import { stripTypeScriptTypes } from "node:module";
import type { ScriptExports } from "./module_factory.ts";
import { applyEdits, type Edit } from "./text_edits.ts";
import { resolveModule, RUNNER_FILES } from "./module_graph.ts";
import { isTypeScript } from "./parse_module.ts";

/** Most nested calls of `require`. */
const DEPTH_MAX = 1000;

type Require = (specifier: unknown) => unknown;
type CommonJsFunction = (exports: unknown, require: Require, module: { exports: unknown }) => void;

/** The CommonJS modules of one VU. */
export class CommonJsFiles {
  readonly #modules = new Map<string, { exports: unknown }>();
  #depth = 0;
  #is_closed = false;

  /**
   * @param es_modules Exports of the ES modules evaluated so far, the runner's included, by URL.
   * @param compile @throws if the file cannot be read or has a syntax error.
   */
  constructor(
    private readonly es_modules: ReadonlyMap<string, ScriptExports>,
    private readonly compile: (url: string) => CommonJsFunction,
  ) {}

  /** The init context is over: only modules that were required are still found. */
  close(): void {
    this.#is_closed = true;
  }

  /** What the module exports. @throws {TypeError} if there is no such module. */
  require(specifier: unknown, importer: string): unknown {
    if (typeof specifier !== "string" || specifier === "") {
      throw new TypeError(
        `require: must be the name or path of a module, got ${String(specifier)}`,
      );
    }
    const resolution = resolveModule(specifier, importer);
    if ("refusal" in resolution) {
      throw new TypeError(`require: module "${specifier}" ${resolution.refusal}`);
    }
    const url = "url" in resolution ? resolution.url : RUNNER_FILES + resolution.runner_file;
    return this.es_modules.get(url) ?? this.run(url);
  }

  /** `module.exports` of the file, which runs at the first call; incomplete within a circle. */
  run(url: string): unknown {
    const known = this.#modules.get(url);
    if (known !== undefined) return known.exports;
    if (this.#is_closed) throw notInInit();
    const call = this.compile(url);
    const module: { exports: unknown } = { exports: {} };
    this.#modules.set(url, module);
    if (++this.#depth > DEPTH_MAX) throw new RangeError(`require: over ${DEPTH_MAX} files deep`);
    try {
      call.call(module.exports, module.exports, (name) => this.require(name, url), module);
    } catch (error) {
      this.#modules.delete(url);
      throw error;
    } finally {
      this.#depth--;
    }
    return module.exports;
  }
}

export function notInInit(): TypeError {
  return new TypeError("require: files are read only in the init context");
}

/** @param name The file's name in stacks. @throws {SyntaxError} */
export function compileCommonJs(
  text: string,
  edits: readonly Edit[],
  url: string,
  name: string,
): CommonJsFunction {
  const edited = applyEdits(text, edits).replace(/^#!/, "//");
  const body = isTypeScript(url) ? withoutTypes(edited) : edited;
  // Indirect eval: the file sees no variable of the runner, and its lines keep their numbers.
  return (0, eval)(
    `(function (exports, require, module) {${body}\n})\n//# sourceURL=${name}`,
  ) as CommonJsFunction;
}

function withoutTypes(text: string): string {
  try {
    return stripTypeScriptTypes(text); // keeps lines and columns
  } catch {
    return stripTypeScriptTypes(text, { mode: "transform" }); // for enums and the like
  }
}

/** `module.exports` as ES modules see it. */
export function namespaceOf(exports: unknown): ScriptExports {
  const is_object = typeof exports === "object" || typeof exports === "function";
  const fields = is_object ? { ...exports as object } : {};
  return { __proto__: null, default: exports, ...fields } as ScriptExports;
}

/** Exports that a module of {@link bridgeTo} will take, by number. */
const bridged = new Map<number, ScriptExports>();
let bridges = 0;

export function takeBridged(id: number): ScriptExports {
  const exports = bridged.get(id)!;
  bridged.delete(id);
  return exports;
}

/** The text of an ES module that exports a namespace. */
export function bridgeTo(exports: ScriptExports): string {
  const id = ++bridges, names = Object.keys(exports);
  bridged.set(id, exports);
  const list = names.map((name, index) => `$${index} as ${JSON.stringify(name)}`);
  const values = names.map((name, index) => `${JSON.stringify(name)}: $${index}`);
  return `import { takeBridged } from ${JSON.stringify(import.meta.url)};\n` +
    `const { ${values.join(", ")} } = takeBridged(${id});\nexport { ${list.join(", ")} };\n`;
}
