/**
 * A file of a script as a function: each call evaluates the file anew, with its own variables, and
 * all calls share what the engine learns and compiles. A module imported under a hundred URLs is
 * compiled, warmed up and optimized a hundred times.
 *
 * ```js
 * import { check } from "k6";       // export default async ($$k6_0) => {
 * export const a = 1;               //   const { check } = $$k6_0; const a = 1;
 * export default () => check(a);    //   const $$k6_default = () => check(a);
 *                                   //   return { a, default: $$k6_default };
 *                                   // };
 * ```
 */
import type { ParsedModule } from "./parse_module.ts";
import { isTypeOnly, type Node } from "./syntax_tree.ts";
import { applyEdits, type Edit, mergeEdits } from "./text_edits.ts";

/** Begins every name the functions add; a file that contains it gets no factory. */
const RESERVED = "$$k6";
/** The name of a default export that has none. */
export const DEFAULT_NAME = `${RESERVED}_default`;

/** The exports of a script or a module: `default`, `options`, `setup`, … */
export type ScriptExports = Readonly<Record<string, unknown>>;

/** Takes the exports of the modules that the file imports, in the order of the text. */
export type ModuleFactory = (...imported: ScriptExports[]) => Promise<ScriptExports>;

/** How to write a file as a function. */
export type FactoryPlan = Readonly<ReturnType<FactoryPlanning["plan"]>>;

/** The source of a module that exports the file's {@link ModuleFactory}, with the same lines. */
export function writeFactory(text: string, plan: FactoryPlan, exported: readonly string[]): string {
  const exports = exported.map((name) => {
    const local = plan.locals.get(name) ?? (name === "default" ? DEFAULT_NAME : name);
    return `${JSON.stringify(name)}: ${local}`;
  });
  return `export default async (${plan.parameters}) => { ${plan.bindings}` +
    `${applyEdits(text, plan.edits)}\n;return { __proto__: null, ${exports.join(", ")} };\n};\n`;
}

/**
 * Plans the function of a file, with `edits` of its text. Null if the function would behave
 * differently: the file imports while it runs or with attributes, or re-exports another file's
 * exports.
 */
export function planFactory(
  text: string,
  { statements, imports }: ParsedModule,
  edits: readonly Edit[],
): FactoryPlan | null {
  const is_dynamic = imports.some((one) => one.is_dynamic);
  if (statements === null || is_dynamic || text.startsWith("#!") || text.includes(RESERVED)) {
    return null;
  }
  const planning = new FactoryPlanning(text, edits);
  return statements.every((statement) => planning.take(statement)) ? planning.plan() : null;
}

class FactoryPlanning {
  readonly #parameters: string[] = [];
  #bindings = "";
  readonly #edits: Edit[] = [];
  readonly #locals = new Map<string, string>();
  #has_variables = false;
  #exports_variables = false;

  constructor(private readonly text: string, private readonly given: readonly Edit[]) {}

  plan() {
    return {
      parameters: this.#parameters,
      /** Statements that bind the imports' local names. */
      bindings: this.#bindings,
      /** Turn the file's text into the function's body. */
      edits: mergeEdits(this.#edits, this.given),
      /** Local names of exports, by exported name, if they differ. */
      locals: this.#locals,
      /** An exported variable may change; importers of the function's result would not see it. */
      exports_variables: this.#exports_variables || (this.#has_variables && this.#locals.size > 0),
    };
  }

  /** False if the statement cannot be part of a function. */
  take(statement: Node): boolean {
    switch (statement.type) {
      case "ImportDeclaration":
        return this.#takeImport(statement);
      case "ExportDefaultDeclaration":
        return this.#takeDefault(statement);
      case "ExportNamedDeclaration":
        if (statement.source) return isTypeOnly(statement) && this.#remove(statement);
        return statement.declaration
          ? this.#takeDeclaration(statement, statement.declaration)
          : this.#takeList(statement);
      case "VariableDeclaration":
        this.#has_variables ||= isVariable(statement);
        return true;
      default:
        return !/^(ExportAll|TSImportEquals|TSExport|TSNamespaceExport)/.test(statement.type);
    }
  }

  #takeImport(statement: Node): boolean {
    if (isTypeOnly(statement)) return this.#remove(statement);
    if (statement.attributes?.length) return false;
    const parameter = `${RESERVED}_${this.#parameters.length}`;
    this.#parameters.push(parameter);
    const names: string[] = [];
    for (const specifier of statement.specifiers!) {
      const { imported, local } = specifier;
      if (isTypeOnly(specifier)) continue;
      if (specifier.type === "ImportNamespaceSpecifier") {
        this.#bindings += `const ${local!.name} = ${parameter}; `;
      } else {
        const name = imported === undefined ? "default" : this.#source(imported);
        names.push(`${name}: ${local!.name}`);
      }
    }
    if (names.length > 0) this.#bindings += `const { ${names.join(", ")} } = ${parameter}; `;
    return this.#remove(statement);
  }

  #takeDeclaration({ start }: Node, declaration: Node): boolean {
    if (declaration.start < start) return false; // a decorator comes first
    if (isVariable(declaration)) this.#exports_variables = true;
    this.#blank(start, declaration.start);
    return /^(Variable|Function|Class|TSInterface|TSTypeAlias)Declaration$/.test(declaration.type);
  }

  #takeDefault(statement: Node): boolean {
    const { type, id } = statement.declaration!;
    if (type.startsWith("TS")) return false;
    if (id && /^(Function|Class)Declaration$/.test(type)) {
      this.#locals.set("default", id.name!);
      return this.#takeDeclaration(statement, statement.declaration!);
    }
    const { start, end } = statement;
    const words = /^export\s+default\b/.exec(this.#source(statement))?.[0];
    if (words === undefined) return false; // a comment or decorator is between the words
    this.#edits.push({
      start,
      end: start + words.length,
      text: `const ${DEFAULT_NAME} =${lineEnds(words)}`,
    }, { start: end, end, text: ";" });
    return true;
  }

  /** `export { a, b as c }`. */
  #takeList(statement: Node): boolean {
    for (const { exported, local } of statement.specifiers!) {
      if (exported!.type !== "Identifier") return false;
      this.#locals.set(exported!.name!, local!.name!);
    }
    return this.#remove(statement);
  }

  #source({ start, end }: Node): string {
    return this.text.slice(start, end);
  }

  #remove({ start, end }: Node): true {
    this.#blank(start, end, ";"); // still ends the statement before it
    return true;
  }

  /** Leaves out a part of the text, but not its line ends. */
  #blank(start: number, end: number, instead = ""): void {
    this.#edits.push({ start, end, text: instead + lineEnds(this.text.slice(start, end)) });
  }
}

function lineEnds(text: string): string {
  return " " + text.replace(/[^\n]+/g, "");
}

function isVariable({ type, kind }: Node): boolean {
  return type === "VariableDeclaration" && (kind === "let" || kind === "var");
}
