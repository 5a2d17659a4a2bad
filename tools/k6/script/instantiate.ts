/** Gives each VU modules of its own, as k6 does: module-level variables are not shared. */
import { DEFAULT_NAME, type ModuleFactory, writeFactory } from "./module_factory.ts";
import type { ModuleGraph, ScriptModule } from "./module_graph.ts";

/** What the script exports: `default`, `options`, `setup`, … */
export type ScriptExports = Readonly<Record<string, unknown>>;

const BLOB_URL = /blob:[^\s:)'"]+/g;

const RUNNER_FILES = new URL("../k6/", import.meta.url).href;

/**
 * The first instance imports copies of the script's files under URLs of their own, because one URL is
 * one module; so do all where {@link writeFactory} has none for a file. Else the later instances
 * come from factories. {@link localize} turns URLs of copies back into the files' names.
 */
export class Instantiator {
  readonly #graph: ModuleGraph;
  readonly #files = new Map<string, ScriptModule>();
  /** Those of the first instance, by file; null before it. */
  #exports: ReadonlyMap<string, ScriptExports> | null = null;
  /** By file; null where the script has none. */
  #factories: Promise<ReadonlyMap<string, ModuleFactory> | null> | null = null;

  constructor(graph: ModuleGraph) {
    this.#graph = graph;
  }

  /** @throws what the script throws while it is loaded, syntax errors included. */
  async instantiate(): Promise<ScriptExports> {
    if (this.#exports === null) return await this.#importCopies();
    const factories = await (this.#factories ??= this.#importFactories(this.#exports));
    return factories === null ? await this.#importCopies() : await this.#make(factories);
  }

  async #importCopies(): Promise<ScriptExports> {
    const { modules, entry } = this.#graph;
    const copies = new Map<string, string>();
    for (const module of modules) {
      copies.set(module.url, this.#offer(module, rewrite(module, copies)));
    }
    try {
      const main: ScriptExports = await import(copies.get(entry)!);
      const all = new Map<string, ScriptExports>();
      if (this.#exports === null) {
        for (const [url, copy] of copies) all.set(url, await import(copy));
        this.#exports = all;
      }
      return main;
    } finally {
      if (!this.#graph.has_dynamic_imports) copies.forEach((url) => URL.revokeObjectURL(url));
    }
  }

  async #importFactories(
    exports: ReadonlyMap<string, ScriptExports>,
  ): Promise<ReadonlyMap<string, ModuleFactory> | null> {
    const { modules, entry } = this.#graph;
    const sources = modules.map((module) =>
      writeFactory(
        module,
        Object.keys(exports.get(module.url)!),
        module.url === entry,
        (file) => RUNNER_FILES + file,
      )
    );
    if (sources.includes(null)) return null;
    const factories = new Map<string, ModuleFactory>();
    for (const [index, module] of modules.entries()) {
      const url = this.#offer(module, sources[index]!);
      try {
        factories.set(module.url, (await import(url)).default);
      } catch {
        return null; // the file was taken apart wrongly: the script as it is has been loaded before
      } finally {
        URL.revokeObjectURL(url);
      }
    }
    return factories;
  }

  async #make(factories: ReadonlyMap<string, ModuleFactory>): Promise<ScriptExports> {
    const made = new Map<string, ScriptExports>();
    for (const { url, imports } of this.#graph.modules) {
      const imported = imports.flatMap((one) => one.url === null ? [] : [made.get(one.url)!]);
      made.set(url, await factories.get(url)!(...imported));
    }
    return made.get(this.#graph.entry)!;
  }

  /** A URL to import a file's copy by. */
  #offer(module: ScriptModule, text: string): string {
    const url = URL.createObjectURL(new Blob([text], { type: mediaType(module.url) }));
    this.#files.set(url, module);
    return url;
  }

  /** `blob:…:3:7` becomes `load.js:3:7`. */
  localize(text: string): string {
    return text.replaceAll(BLOB_URL, (url) => this.#files.get(url)?.label ?? url)
      .replaceAll(DEFAULT_NAME, "default");
  }

  /** The file a copy is of, where the text (a stack) names one. */
  fileOf(text: string): string | null {
    for (const [url] of text.matchAll(BLOB_URL)) {
      const module = this.#files.get(url);
      if (module !== undefined) return module.url;
    }
    return null;
  }
}

function rewrite({ text, imports }: ScriptModule, copies: ReadonlyMap<string, string>): string {
  let rewritten = "", at = 0;
  for (const { start, end, url, runner_file } of imports) {
    const target = url === null ? RUNNER_FILES + runner_file : copies.get(url)!;
    rewritten += text.slice(at, start) + JSON.stringify(target);
    at = end;
  }
  return rewritten + text.slice(at);
}

function mediaType(url: string): string {
  return /\.[cm]?tsx?$/.test(new URL(url).pathname) ? "application/typescript" : "text/javascript";
}
