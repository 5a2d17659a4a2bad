/** Gives each VU modules of its own, as k6 does: module-level variables are not shared. */
import type { ModuleGraph, ScriptModule } from "./module_graph.ts";

/** What the script exports: `default`, `options`, `setup`, … */
export type ScriptExports = Readonly<Record<string, unknown>>;

const BLOB_URL = /blob:[^\s:)'"]+/g;

const RUNNER_FILES = new URL("../k6/", import.meta.url).href;

/**
 * Each instance imports copies of the script's files under URLs of their own, because one URL is
 * one module. {@link localize} turns those URLs back into the files' names in messages.
 */
export class Instantiator {
  readonly #graph: ModuleGraph;
  readonly #files = new Map<string, ScriptModule>();

  constructor(graph: ModuleGraph) {
    this.#graph = graph;
  }

  /** @throws what the script throws while it is loaded, syntax errors included. */
  async instantiate(): Promise<ScriptExports> {
    const copies = new Map<string, string>();
    for (const module of this.#graph.modules) {
      const url = URL.createObjectURL(
        new Blob([rewrite(module, copies)], { type: mediaType(module.url) }),
      );
      copies.set(module.url, url);
      this.#files.set(url, module);
    }
    try {
      return await import(copies.get(this.#graph.entry)!);
    } finally {
      if (!this.#graph.has_dynamic_imports) {
        for (const url of copies.values()) URL.revokeObjectURL(url);
      }
    }
  }

  /** `blob:…:3:7` becomes `load.js:3:7`. */
  localize(text: string): string {
    return text.replaceAll(BLOB_URL, (url) => this.#files.get(url)?.label ?? url);
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
