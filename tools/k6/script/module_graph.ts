/** A script with all the modules it imports, read once and ready to be instantiated many times. */
import {
  type BlockingCall,
  type ModuleImport,
  type ParsedModule,
  parseModule,
} from "./parse_module.ts";
import { resolveModule } from "./modules.ts";
import { ScriptError } from "./script_error.ts";

const RUNNER_FILES = new URL("../k6/", import.meta.url).href;

/** Files one script may consist of. */
export const SCRIPT_MODULES_MAX = 1000;

/** One file of the script. */
export interface ScriptModule {
  readonly url: string;
  /** How messages name it. */
  readonly label: string;
  readonly text: string;
  /** In the order of the text. */
  readonly imports: readonly ResolvedImport[];
  readonly factory: ParsedModule["factory"];
}

export interface ResolvedImport extends ModuleImport {
  readonly url: string;
  /** The runner has the module; else it is a file of the script. */
  readonly is_runner: boolean;
}

export interface ModuleGraph {
  readonly entry: string;
  /** Each module after those it imports; the entry is the last. */
  readonly modules: readonly ScriptModule[];
  readonly has_dynamic_imports: boolean;
  /** The first call that makes a VU wait without `await`. */
  readonly blocking: (BlockingCall & { readonly label: string }) | null;
}

/** What reading a script needs of the outside. */
export interface SourceReader {
  /** @throws where there is no such file. */
  readText(url: string): Promise<string>;
  /** How messages name a file: its path from where the user is. */
  label(url: string): string;
}

/**
 * @throws {ScriptError} naming file and line of an import that leads nowhere.
 */
export async function loadGraph(entry: string, reader: SourceReader): Promise<ModuleGraph> {
  const loading = new GraphLoading(reader);
  await loading.visit(entry, []);
  const { modules, blocking } = loading;
  const has_dynamic_imports = modules.some(({ imports }) => imports.some((one) => one.is_dynamic));
  return { entry, modules, blocking, has_dynamic_imports };
}

class GraphLoading {
  readonly modules: ScriptModule[] = [];
  blocking: ModuleGraph["blocking"] = null;
  readonly #reader: SourceReader;
  readonly #seen = new Set<string>();

  constructor(reader: SourceReader) {
    this.#reader = reader;
  }

  async visit(url: string, importers: readonly string[], asked_by?: string): Promise<void> {
    if (importers.includes(url)) throw new ScriptError(this.#circle([...importers, url]));
    if (this.#seen.has(url)) return;
    this.#seen.add(url);
    if (this.#seen.size > SCRIPT_MODULES_MAX) {
      throw new ScriptError(`A script may have at most ${SCRIPT_MODULES_MAX} files`);
    }
    const label = this.#reader.label(url);
    const text = await this.#read(url, label, asked_by);
    const parsed = await parseModule(text, url);
    const imports = parsed.imports.map((one) => resolve(one, url, label));
    for (const one of imports) {
      if (one.is_runner) continue;
      await this.visit(one.url, [...importers, url], `${label}:${one.line}: `);
    }
    this.modules.push({ url, label, text, imports, factory: parsed.factory });
    if (parsed.blocking !== null) this.blocking ??= { ...parsed.blocking, label };
  }

  async #read(url: string, label: string, asked_by = ""): Promise<string> {
    try {
      return await this.#reader.readText(url);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ScriptError(`${asked_by}Cannot read the script ${label}: ${reason}`);
    }
  }

  #circle(urls: readonly string[]): string {
    const labels = urls.map((url) => this.#reader.label(url));
    return `Cannot load modules that import each other in a circle: ${labels.join(" → ")}`;
  }
}

function resolve(one: ModuleImport, importer: string, label: string): ResolvedImport {
  const resolution = resolveModule(one.specifier, importer);
  if ("refusal" in resolution) {
    throw new ScriptError(`${label}:${one.line}: module "${one.specifier}" ${resolution.refusal}`);
  }
  return "url" in resolution
    ? { ...one, url: resolution.url, is_runner: false }
    : { ...one, url: RUNNER_FILES + resolution.runner_file, is_runner: true };
}
