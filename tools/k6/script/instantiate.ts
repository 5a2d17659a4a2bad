/**
 * Gives each VU its own modules, as k6 does: module-level variables are not shared.
 *
 * ```
 * script ── loadGraph ──▶ ModuleGraph ── Instantiator ─┬─▶ first VU: modules, under blob: URLs
 *                                                      └─▶ other VUs: results of factories
 * ```
 */
import { GLOBALS } from "./global_edits.ts";
import { bridgeTo, CommonJsFiles, compileCommonJs, namespaceOf, notInInit } from "./commonjs.ts";
import {
  DEFAULT_NAME,
  type ModuleFactory,
  type ScriptExports,
  writeFactory,
} from "./module_factory.ts";
import { applyEdits, mergeEdits } from "./text_edits.ts";
import { type ModuleGraph, RUNNER_NAMES, type ScriptModule } from "./module_graph.ts";
import { isTypeScript } from "./parse_module.ts";

/** A file's name in stacks; V8 appends `<anonymous>` to the names of CommonJS files. */
const FILE_NAME = /(blob:[^\s:,)'"]+)(?:, <anonymous>)?/g;
/** A module of the runner, as messages quote it. */
const RUNNER_FILE = /(?<=')file:[^']+(?=')/g;

/**
 * The first instance imports copies of the script's files under new URLs, because one URL is one
 * module. Later instances come from factories, if every file has one, else from copies, too.
 * CommonJS files are functions from the start.
 */
export class Instantiator {
  /** Files by the names that stacks show. */
  readonly #files = new Map<string, Pick<ScriptModule, "url" | "label">>();
  readonly #modules: ReadonlyMap<string, ScriptModule>;
  /** CommonJS files that ES modules import. */
  readonly #bridged: ReadonlySet<string>;
  /** Exports of the first instance's files and of the runner's modules, by URL. */
  #exports: ReadonlyMap<string, ScriptExports> | null = null;
  /** By file; null if a file has none. */
  #factories: Promise<ReadonlyMap<string, ModuleFactory> | null> | null = null;
  readonly #compiled = new Map<string, ReturnType<typeof compileCommonJs>>();
  /** The CommonJS files of the instance that is being made. */
  #commonjs: CommonJsFiles | null = null;

  /** @param readText Reads a file that the script requires by a computed name. @throws */
  constructor(
    private readonly graph: ModuleGraph,
    private readonly readText: (url: string) => string,
  ) {
    const { modules } = graph;
    this.#modules = new Map(modules.map((module) => [module.url, module]));
    const imported = modules.flatMap((one) => one.is_commonjs ? [] : one.imports);
    this.#bridged = new Set(
      imported.map(({ url }) => url).filter((url) => this.#modules.get(url)?.is_commonjs),
    );
  }

  /** @throws what the script throws at its top level, syntax errors included. */
  async instantiate(): Promise<ScriptExports> {
    try {
      if (this.#exports === null) return await this.#importCopies();
      const factories = await (this.#factories ??= this.#importFactories(this.#exports));
      return factories === null ? await this.#importCopies() : await this.#make(factories);
    } finally {
      this.#commonjs?.close();
      this.#commonjs = null;
    }
  }

  /** `require` of the instance that is being made. @throws {TypeError} after the init context. */
  require(specifier: unknown, importer: string): unknown {
    if (this.#commonjs === null) throw notInInit();
    return this.#commonjs.require(specifier, importer);
  }

  async #importCopies(): Promise<ScriptExports> {
    const { modules, entry, required_runner_modules } = this.graph;
    const copies = new Map<string, string>(), made = new Map<string, ScriptExports>();
    const commonjs = this.#commonjs = new CommonJsFiles(made, this.#compile);
    for (const url of required_runner_modules) made.set(url, await import(url));
    const required = new Set(modules.flatMap(({ requires }) => requires));
    try {
      for (const module of modules) {
        const { url, is_commonjs } = module;
        if (!is_commonjs) {
          copies.set(url, this.#offer(module, rewrite(module, copies)));
          if (required.has(url)) made.set(url, await import(copies.get(url)!));
        } else if (this.#bridged.has(url)) {
          copies.set(url, this.#offer(module, bridgeTo(namespaceOf(commonjs.run(url)))));
        }
      }
      const main = this.#modules.get(entry)!.is_commonjs
        ? commonjs.run(entry) as ScriptExports
        : await import(copies.get(entry)!);
      if (this.#exports === null) {
        for (const [url, copy] of copies) made.set(url, await import(copy));
        for (const { url, is_runner } of modules.flatMap(({ imports }) => imports)) {
          if (is_runner) made.set(url, await import(url));
        }
        this.#exports = made;
      }
      return main;
    } finally {
      const is_static = !modules.some((one) => one.imports.some((two) => two.is_dynamic));
      if (is_static) copies.forEach((url) => URL.revokeObjectURL(url));
    }
  }

  async #importFactories(
    exports: ReadonlyMap<string, ScriptExports>,
  ): Promise<ReadonlyMap<string, ModuleFactory> | null> {
    const factories = new Map<string, ModuleFactory>();
    for (const module of this.graph.modules) {
      if (module.is_commonjs) continue;
      const { url, text, factory } = module;
      const is_imported = url !== this.graph.entry;
      if (factory === null || (is_imported && factory.exports_variables)) return null;
      const source = writeFactory(text, factory, Object.keys(exports.get(url)!));
      const offered = this.#offer(module, source);
      try {
        factories.set(url, (await import(offered)).default);
      } catch {
        return null; // the plan is wrong: the file itself has loaded before
      } finally {
        URL.revokeObjectURL(offered);
      }
    }
    return factories;
  }

  async #make(factories: ReadonlyMap<string, ModuleFactory>): Promise<ScriptExports> {
    const { modules, entry } = this.graph;
    const made = new Map(this.#exports); // each file's exports are replaced before they are used
    const commonjs = this.#commonjs = new CommonJsFiles(made, this.#compile);
    const bridges = new Map<string, ScriptExports>();
    for (const { url, imports, is_commonjs } of modules) {
      if (!is_commonjs) {
        const imported = imports.map((one) => bridges.get(one.url) ?? made.get(one.url)!);
        made.set(url, await factories.get(url)!(...imported));
      } else if (this.#bridged.has(url)) bridges.set(url, namespaceOf(commonjs.run(url)));
    }
    return this.#modules.get(entry)!.is_commonjs
      ? commonjs.run(entry) as ScriptExports
      : made.get(entry)!;
  }

  /** Once for all instances. @throws {SyntaxError} or if the file cannot be read. */
  readonly #compile = (url: string) => {
    let compiled = this.#compiled.get(url);
    if (compiled === undefined) {
      const module = this.#modules.get(url);
      const name = `blob:commonjs/${this.#files.size}`;
      const text = module?.text ?? this.#readRequired(url);
      this.#files.set(name, module ?? { url, label: url.slice(url.lastIndexOf("/") + 1) });
      compiled = compileCommonJs(text, module?.edits ?? [], url, name);
      this.#compiled.set(url, compiled);
    }
    return compiled;
  };

  #readRequired(url: string): string {
    try {
      return this.readText(url);
    } catch (error) {
      throw new TypeError(`require: cannot read the file: ${(error as Error).message}`);
    }
  }

  /** The URL of a new copy of a file. */
  #offer(module: ScriptModule, text: string): string {
    const type = isTypeScript(module.url) ? "application/typescript" : "text/javascript";
    const url = URL.createObjectURL(new Blob([text], { type }));
    this.#files.set(url, module);
    return url;
  }

  /** `blob:…:3:7` becomes `load.js:3:7`. */
  localize(text: string): string {
    return text.replaceAll(FILE_NAME, (all, url) => this.#files.get(url)?.label ?? all)
      .replaceAll(RUNNER_FILE, (url) => RUNNER_NAMES.get(url) ?? url)
      .replaceAll(`${GLOBALS}.`, "").replaceAll(DEFAULT_NAME, "default");
  }

  /** The script's file whose copy a stack names first. */
  fileOf(text: string): string | null {
    for (const [, url] of text.matchAll(FILE_NAME)) {
      const module = this.#files.get(url);
      if (module !== undefined) return module.url;
    }
    return null;
  }
}

/** The file's text, importing copies of the script's other files. */
function rewrite(
  { text, imports, edits: others }: ScriptModule,
  copies: ReadonlyMap<string, string>,
): string {
  const edits = imports.map(({ start, end, url }) => {
    return { start, end, text: JSON.stringify(copies.get(url) ?? url) };
  });
  return applyEdits(text, mergeEdits(edits, others));
}
