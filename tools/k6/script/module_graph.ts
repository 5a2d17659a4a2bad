/** Reads a script and all modules it imports. */
import { ScriptError } from "./errors.ts";
import { type FactoryPlan, planFactory } from "./module_factory.ts";
import { type Edit, mergeEdits } from "./text_edits.ts";
import type { BlockingUse } from "./blocking_uses.ts";
import { type ModuleImport, type ParsedModule, parseModule } from "./parse_module.ts";

/** Modules of the runner, by the name scripts import, as files of `k6/`. */
const RUNNER_MODULES: Readonly<Record<string, string>> = {
  "k6": "core.ts",
  "k6/crypto": "crypto.ts",
  "k6/data": "data.ts",
  "k6/encoding": "encoding.ts",
  "k6/execution": "execution.ts",
  "k6/http": "http.ts",
  "k6/metrics": "metrics.ts",
  "k6/options": "options.ts",
  "k6/timers": "timers.ts",
};

/** Remote modules that are built in, whatever version a script imports. */
const JSLIB_MODULES: Readonly<Record<string, string>> = {
  "k6-summary": "jslib/k6_summary.ts",
  "k6-utils": "jslib/k6_utils.ts",
};

const JSLIB = /^https:\/\/jslib\.k6\.io\/([^/]+)\/[^/]+\/(?:index\.js)?$/;
export const RUNNER_FILES = new URL("../k6/", import.meta.url).href;
/** The names of the runner's modules by URL, for messages. */
export const RUNNER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...RUNNER_MODULES, ...JSLIB_MODULES }).map(([name, file]) => [
    RUNNER_FILES + file,
    name,
  ]),
);
/** Files of one script. */
const SCRIPT_MODULES_MAX = 1000;

/** One file of the script. */
export interface ScriptModule {
  readonly url: string;
  /** Its name in messages. */
  readonly label: string;
  readonly text: string;
  readonly is_commonjs: boolean;
  /** URLs of files that it requires. */
  readonly requires: readonly string[];
  /** In the order of the text. */
  readonly imports: readonly ResolvedImport[];
  /** Changes of its text, whether it is loaded as a module or as a function. */
  readonly edits: readonly Edit[];
  /** Null if a function cannot replace the file. */
  readonly factory: FactoryPlan | null;
}

interface ResolvedImport extends ModuleImport {
  readonly url: string;
  /** The runner has the module; else it is a file of the script. */
  readonly is_runner: boolean;
}

export interface ModuleGraph {
  readonly entry: string;
  /** Modules of the runner that the script may require; empty unless it contains `require`. */
  readonly required_runner_modules: readonly string[];
  /** Each after the modules it imports; the entry is the last. */
  readonly modules: readonly ScriptModule[];
  /** The first use that makes a VU wait without `await`, a certain one if there is any. */
  readonly blocking: (BlockingUse & { readonly label: string }) | null;
}

/** Reads the script's files. */
interface SourceReader {
  /** @throws if the file does not exist. */
  readText(url: string): Promise<string>;
  /** A file's name in messages: its path from the working directory. */
  label(url: string): string;
}

/** @throws {ScriptError} naming file and line of an import that cannot be resolved. */
export async function loadGraph(entry: string, reader: SourceReader): Promise<ModuleGraph> {
  const visited: (Omit<ScriptModule, "edits" | "factory"> & { parsed: ParsedModule })[] = [];
  const seen = new Set<string>();
  let blocking: ModuleGraph["blocking"] = null, uses_require = false;

  async function visit(
    url: string,
    importers: readonly string[],
    imported_at = "",
  ): Promise<void> {
    if (importers.includes(url)) throw circleError([...importers, url].map(reader.label));
    if (seen.has(url)) return;
    seen.add(url);
    if (seen.size > SCRIPT_MODULES_MAX) {
      throw new ScriptError(`A script may have at most ${SCRIPT_MODULES_MAX} files`);
    }
    const label = reader.label(url);
    const text = await reader.readText(url).catch((error) => {
      throw new ScriptError(`${imported_at}Cannot read the script ${label}: ${error.message}`);
    });
    const parsed = await parseModule(text, url);
    const imports = parsed.imports.map((one) => resolve(one, url, label));
    for (const one of imports) {
      if (one.is_runner) continue;
      await visit(one.url, [...importers, url], `${label}:${one.line}: `);
    }
    const requires = await visitRequired(parsed, url, [...importers, url]);
    uses_require ||= parsed.uses_require;
    const { is_commonjs } = parsed;
    visited.push({ url, label, text, is_commonjs, requires, imports, parsed });
    const use = parsed.blocking;
    if (use !== null && (blocking === null || use.is_certain && !blocking.is_certain)) {
      blocking = { ...use, label };
    }
  }

  /** A missing file is no error here: it fails when its `require` runs, which may be never. */
  async function visitRequired(
    { requires }: ParsedModule,
    importer: string,
    importers: readonly string[],
  ): Promise<string[]> {
    const urls: string[] = [];
    for (const { specifier } of requires) {
      const resolution = resolveModule(specifier, importer);
      if (!("url" in resolution)) continue;
      const { url } = resolution;
      urls.push(url);
      const is_circle = importers.includes(url);
      if (is_circle || !await reader.readText(url).then(() => true, () => false)) continue;
      await visit(url, importers);
    }
    return urls;
  }

  await visit(entry, []);
  const isolates = visited.some(({ parsed }) => parsed.globals.is_needed);
  const modules = visited.map(({ parsed, ...module }): ScriptModule => {
    const edits = editsOf(parsed, isolates);
    const factory = module.is_commonjs ? null : planFactory(module.text, parsed, edits);
    return { ...module, edits, factory };
  });
  const runner_files = Object.values({ ...RUNNER_MODULES, ...JSLIB_MODULES });
  const required_runner_modules = uses_require
    ? runner_files.map((file) => RUNNER_FILES + file)
    : [];
  return { entry, modules, blocking, required_runner_modules };
}

/** @param isolates Whether the script gets its own values of globals. */
function editsOf({ listings, globals }: ParsedModule, isolates: boolean): readonly Edit[] {
  if (!isolates) return mergeEdits(listings, globals.always);
  const replaced = new Set(
    listings.filter(({ start, end }) => end > start).map((one) => one.start),
  );
  return mergeEdits(listings, globals.edits.filter(({ start }) => !replaced.has(start)));
}

function circleError(labels: readonly string[]): ScriptError {
  return new ScriptError(
    `Cannot load modules that import each other in a circle: ${labels.join(" → ")}`,
  );
}

/** A file of the runner, a file of the script, or the reason why there is neither. */
type Resolution =
  | { readonly runner_file: string }
  | { readonly url: string }
  | { readonly refusal: string };

export function resolveModule(specifier: string, importer: string): Resolution {
  if (specifier === "k6" || specifier.startsWith("k6/")) {
    const runner_file = RUNNER_MODULES[specifier];
    if (runner_file !== undefined) return { runner_file };
    const known = Object.keys(RUNNER_MODULES).join(", ");
    return { refusal: `is not supported by this runner: use real k6, or one of ${known}` };
  }
  const jslib = JSLIB.exec(specifier)?.[1];
  if (jslib !== undefined && jslib in JSLIB_MODULES) return { runner_file: JSLIB_MODULES[jslib] };
  if (/^https?:\/\//.test(specifier)) {
    const known = Object.keys(JSLIB_MODULES).join(", ");
    return {
      refusal: `is not fetched: save it beside the script and import it by a relative path ` +
        `(of jslib.k6.io, ${known} are built in)`,
    };
  }
  if (/^(\.{0,2}\/|file:\/\/)/.test(specifier)) return { url: new URL(specifier, importer).href };
  return { refusal: "is not a k6 module; paths of files begin with ./ or ../" };
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
