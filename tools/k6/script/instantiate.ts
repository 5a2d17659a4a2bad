/**
 * Gives each VU its own modules, as k6 does: module-level variables are not shared.
 *
 * ```
 * script ── loadGraph ──▶ ModuleGraph ── Instantiator ─┬─▶ first VU: modules, under blob: URLs
 *                                                      └─▶ other VUs: results of factories
 * ```
 */
import {
  applyEdits,
  DEFAULT_NAME,
  mergeEdits,
  type ModuleFactory,
  writeFactory,
} from "./module_factory.ts";
import type { ModuleGraph, ScriptModule } from "./module_graph.ts";
import { isTypeScript } from "./parse_module.ts";

/** The exports of a script: `default`, `options`, `setup`, … */
export type ScriptExports = Readonly<Record<string, unknown>>;

const BLOB_URL = /blob:[^\s:)'"]+/g;

/**
 * The first instance imports copies of the script's files under new URLs, because one URL is one
 * module. Later instances come from factories, if every file has one, else from copies, too.
 */
export class Instantiator {
  readonly #files = new Map<string, ScriptModule>();
  /** Exports of the first instance's files and of the runner's modules, by URL. */
  #exports: ReadonlyMap<string, ScriptExports> | null = null;
  /** By file; null if a file has none. */
  #factories: Promise<ReadonlyMap<string, ModuleFactory> | null> | null = null;

  constructor(private readonly graph: ModuleGraph) {}

  /** @throws what the script throws at its top level, syntax errors included. */
  async instantiate(): Promise<ScriptExports> {
    if (this.#exports === null) return await this.#importCopies();
    const factories = await (this.#factories ??= this.#importFactories(this.#exports));
    return factories === null ? await this.#importCopies() : await this.#make(factories);
  }

  async #importCopies(): Promise<ScriptExports> {
    const { modules, entry } = this.graph;
    const copies = new Map<string, string>();
    for (const module of modules) {
      copies.set(module.url, this.#offer(module, rewrite(module, copies)));
    }
    try {
      const main: ScriptExports = await import(copies.get(entry)!);
      const all = new Map<string, ScriptExports>();
      if (this.#exports === null) {
        for (const [url, copy] of copies) all.set(url, await import(copy));
        for (const { url, is_runner } of modules.flatMap(({ imports }) => imports)) {
          if (is_runner) all.set(url, await import(url));
        }
        this.#exports = all;
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
    const made = new Map(this.#exports); // each file's exports are replaced before they are used
    for (const { url, imports } of this.graph.modules) {
      const imported = imports.map((one) => made.get(one.url)!);
      made.set(url, await factories.get(url)!(...imported));
    }
    return made.get(this.graph.entry)!;
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
    return text.replaceAll(BLOB_URL, (url) => this.#files.get(url)?.label ?? url)
      .replaceAll(DEFAULT_NAME, "default");
  }

  /** The script's file whose copy a stack names first. */
  fileOf(text: string): string | null {
    for (const [url] of text.matchAll(BLOB_URL)) {
      const module = this.#files.get(url);
      if (module !== undefined) return module.url;
    }
    return null;
  }
}

/** The file's text, importing copies of the script's other files. */
function rewrite(
  { text, imports, listings }: ScriptModule,
  copies: ReadonlyMap<string, string>,
): string {
  const edits = imports.map(({ start, end, url }) => {
    return { start, end, text: JSON.stringify(copies.get(url) ?? url) };
  });
  return applyEdits(text, mergeEdits(edits, listings));
}
