/**
 * A file of a script as a function: each call evaluates the file anew, with variables of its own, and
 * all of them share what the engine learns and compiles. A module that is imported under a hundred
 * URLs is a hundred modules, each compiled, warmed up and optimized by itself.
 */
import type { ScriptModule } from "./module_graph.ts";
import { type Token, tokenize } from "./tokens.ts";

/** Begins every name the functions add; a file that holds it is left as it is. */
const RESERVED = "$$k6";
/** Of what is exported by default and has no name. */
export const DEFAULT_NAME = `${RESERVED}_default`;

/** Given what the script's files that it imports export, in the order of the text. */
export type ModuleFactory = (
  ...imported: Readonly<Record<string, unknown>>[]
) => Promise<Readonly<Record<string, unknown>>>;

/**
 * The source of a module whose default export is the file's {@link ModuleFactory}; its lines are the
 * file's. Null where a function would not do what the file does: it imports while it runs, exports
 * what another file exports, or a variable that another file may see change.
 *
 * @param exported The names it exports.
 * @param is_entry No other file imports it.
 * @param runnerUrl Of one of the runner's modules.
 *
 * ```ts
 * // export const a = 1;
 * // export default async (…) => { const a = 1; return { a }; };
 * ```
 */
export function writeFactory(
  module: ScriptModule,
  exported: readonly string[],
  is_entry: boolean,
  runnerUrl: (file: string) => string,
): string | null {
  const { text, imports } = module;
  if (text.startsWith("#!") || text.includes(RESERVED)) return null;
  if (imports.some(({ is_dynamic }) => is_dynamic)) return null;
  const writing = new FactoryWriting(module, is_entry, runnerUrl);
  return writing.run() ? writing.source(exported) : null;
}

class FactoryWriting {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #imports: ScriptModule["imports"];
  readonly #is_entry: boolean;
  readonly #runnerUrl: (file: string) => string;
  /** Imports of the runner's modules stay imports. */
  #outer = "";
  readonly #parameters: string[] = [];
  #bindings = "";
  #body = "";
  /** The text up to here is in the body. */
  #taken = 0;
  /** Exported name → local name, where they are listed. */
  readonly #listed = new Map<string, string>();
  #has_changing = false;

  constructor(module: ScriptModule, is_entry: boolean, runnerUrl: (file: string) => string) {
    this.#text = module.text;
    this.#tokens = tokenize(module.text);
    this.#imports = module.imports;
    this.#is_entry = is_entry;
    this.#runnerUrl = runnerUrl;
  }

  /** False where the file is none to make a function of. */
  run(): boolean {
    const tokens = this.#tokens;
    let depth = 0;
    for (let at = 0; at < tokens.length; at++) {
      const { kind, text } = tokens[at];
      depth += nesting(tokens[at]);
      if (kind !== "word" || depth > 0 || tokens[at - 1]?.text === ".") continue;
      if (text === "let" || text === "var") this.#has_changing = true;
      const is_fine = text === "import"
        ? this.#takeImport(at)
        : text !== "export" || this.#takeExport(at);
      if (!is_fine) return false;
    }
    // What other files were given would not change with the variable.
    return this.#is_entry || this.#listed.size === 0 || !this.#has_changing;
  }

  source(exported: readonly string[]): string {
    const exports = exported.map((name) => {
      const local = this.#listed.get(name) ?? (name === "default" ? DEFAULT_NAME : name);
      return `${JSON.stringify(name)}: ${local}`;
    });
    return `${this.#outer}export default async (${this.#parameters}) => { ${this.#bindings}` +
      `${this.#body}${this.#text.slice(this.#taken)}\n` +
      `;return { __proto__: null, ${exports.join(", ")} };\n};\n`;
  }

  #takeImport(at: number): boolean {
    const tokens = this.#tokens;
    if (tokens[at + 1]?.text === ".") return true; // import.meta
    const one = this.#imports.find(({ start }) => start > tokens[at].start);
    if (one === undefined) return false;
    const end = tokens.findIndex(({ start }) => start === one.start);
    if (/^(with|assert)$/.test(tokens[end + 1]?.text ?? "")) return false;
    const clause = tokens.slice(at + 1, end);
    if (one.url === null) {
      const words = clause.map(({ text }) => text).join(" ");
      this.#outer += `import ${words} ${JSON.stringify(this.#runnerUrl(one.runner_file!))}; `;
    } else {
      const parameter = `${RESERVED}_${this.#parameters.length}`;
      this.#parameters.push(parameter);
      this.#bindings += bind(clause.slice(0, -1), parameter);
    }
    this.#blank(tokens[at].start, one.end);
    return true;
  }

  #takeExport(at: number): boolean {
    const tokens = this.#tokens;
    const next = tokens[at + 1];
    switch (next?.text) {
      case "default":
        return this.#takeDefault(at);
      case "{":
        return this.#takeList(at);
      case "let":
      case "var":
        if (!this.#is_entry) return false;
        break;
      case "const":
      case "function":
      case "class":
      case "async":
        break;
      default: // of another file, or TypeScript's
        return false;
    }
    this.#blank(tokens[at].start, next.start);
    return true;
  }

  #takeDefault(at: number): boolean {
    const tokens = this.#tokens;
    const first = tokens[at + 2];
    if (first === undefined) return false;
    let word = at + 2;
    if (first.text === "async" && tokens[word + 1]?.text === "function") word++;
    const is_function = tokens[word].text === "function", is_class = first.text === "class";
    if (!is_function && !is_class) {
      this.#put(tokens[at].start, first.start, `const ${DEFAULT_NAME} = `);
      return true;
    }
    this.#blank(tokens[at].start, first.start);
    if (tokens[word + 1]?.text === "*") word++;
    const name = tokens[word + 1];
    if (name?.kind === "word" && name.text !== "extends") this.#listed.set("default", name.text);
    else {
      const end = tokens[word].start + tokens[word].text.length;
      this.#put(end, end, ` ${DEFAULT_NAME}`);
    }
    return true;
  }

  /** `export { a, b as c }`, without `from`. */
  #takeList(at: number): boolean {
    const tokens = this.#tokens;
    let end = at + 2;
    for (; tokens[end] !== undefined && tokens[end].text !== "}"; end++) {
      const { kind, text } = tokens[end];
      if (text === ",") continue;
      if (kind !== "word") return false;
      const is_renamed = tokens[end + 1]?.text === "as";
      const name = is_renamed ? tokens[end += 2] : tokens[end];
      if (name?.kind !== "word") return false;
      this.#listed.set(name.text, text);
    }
    if (tokens[end] === undefined || tokens[end + 1]?.text === "from") return false;
    this.#blank(tokens[at].start, tokens[end].start + 1);
    return true;
  }

  /** Leaves a part of the text out, but for its line ends. */
  #blank(start: number, end: number): void {
    this.#put(start, end, this.#text.slice(start, end).replace(/[^\n]+/g, " "));
  }

  #put(start: number, end: number, instead: string): void {
    this.#body += this.#text.slice(this.#taken, start) + instead;
    this.#taken = end;
  }
}

/** Of brackets, +1 or −1. */
function nesting({ kind, text }: Token): number {
  if (kind === "template") return Number(text.endsWith("${")) - Number(text.startsWith("}"));
  if (kind !== "punctuator") return 0;
  return "([{".includes(text) ? 1 : ")]}".includes(text) ? -1 : 0;
}

/** What `import CLAUSE from` binds, from the exports that `parameter` holds. */
function bind(clause: readonly Token[], parameter: string): string {
  const words = clause.map(({ text }) => text);
  if (words.length === 0 || (words[0] === "type" && words.length > 1)) return "";
  let bound = "";
  const brace = words.indexOf("{");
  const star = words.indexOf("*");
  if (words[0] !== "{" && words[0] !== "*") bound += `const ${words[0]} = ${parameter}.default; `;
  if (star >= 0) bound += `const ${words[star + 2]} = ${parameter}; `;
  if (brace >= 0) {
    const names = words.slice(brace).join(" ").replaceAll(" as ", ": ");
    bound += `const ${names} = ${parameter}; `;
  }
  return bound;
}
