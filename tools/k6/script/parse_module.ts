/** Parses a file of the script: its statements, imports and blocking calls. */
import { type BlockingUse, findBlockingUse } from "./blocking_uses.ts";
import { ScriptError } from "./errors.ts";
import { findFieldListings } from "./field_listings.ts";
import { findGlobalEdits, type GlobalEdits } from "./global_edits.ts";
import type { Edit } from "./text_edits.ts";
import { isTypeOnly, literalOf, type Node, SyntaxTree } from "./syntax_tree.ts";

// Variables, because Deno downloads the packages of literal imports when any program starts that
// contains this file.
const PARSER_PACKAGE: string = "npm:acorn@8.19.0";
const TYPESCRIPT_PACKAGE: string = "npm:@sveltejs/acorn-typescript@1.0.13";

/** One `import`, `export … from` or `import("…")` with a literal. */
export interface ModuleImport {
  readonly specifier: string;
  /** Offsets of the specifier in the source, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly is_dynamic: boolean;
}

/** A call `require("…")` with a literal. */
interface Requirement {
  readonly specifier: string;
  readonly line: number;
}

export interface ParsedModule {
  /** A CommonJS file, not an ES module. */
  readonly is_commonjs: boolean;
  readonly requires: readonly Requirement[];
  /** Whether the text contains `require`. */
  readonly uses_require: boolean;
  /** In the order of the text. */
  readonly imports: readonly ModuleImport[];
  /** Result of {@link findBlockingUse}. */
  readonly blocking: BlockingUse | null;
  /** Edits that give responses own fields before the text lists them: {@link findFieldListings}. */
  readonly listings: readonly Edit[];
  /** Edits that keep the script's globals from the runner: {@link findGlobalEdits}. */
  readonly globals: GlobalEdits;
  /** Null after a syntax error. */
  readonly statements: readonly Node[] | null;
}

const NOTHING: ParsedModule = {
  is_commonjs: false,
  requires: [],
  uses_require: false,
  imports: [],
  blocking: null,
  listings: [],
  globals: { is_needed: false, edits: [], always: [] },
  statements: null,
};

interface Parser {
  parse(text: string, options: Readonly<Record<string, unknown>>): Node;
}

/**
 * Parses JavaScript, or TypeScript if the URL ends in `.ts`. After a syntax error the result is
 * empty, because running the text reports the error with its line.
 * @throws {ScriptError} if the parser cannot be loaded.
 */
export async function parseModule(text: string, url: string): Promise<ParsedModule> {
  const parser = await loadParser(url);
  const as_module = parse(text, parser, "module");
  const program = as_module ?? parse(text, parser, "script");
  if (program === null) return NOTHING;
  const tree = new SyntaxTree(program);
  return {
    is_commonjs: as_module === null || isCommonJs(tree, program.body!),
    requires: findRequires(tree),
    uses_require: tree.references("require").length > 0,
    imports: findImports(tree.nodes),
    blocking: findBlockingUse(tree),
    listings: findFieldListings(tree),
    globals: findGlobalEdits(tree),
    statements: program.body!,
  };
}

async function loadParser(url: string): Promise<Parser> {
  const { Parser } = await load(PARSER_PACKAGE);
  return isTypeScript(url) ? Parser.extend((await load(TYPESCRIPT_PACKAGE)).tsPlugin()) : Parser;
}

async function load(name: string) {
  try {
    return await import(name);
  } catch (error) {
    throw new ScriptError(
      `Cannot load the parser ${name}; \`deno cache ${name}\` fetches it once: ` +
        (error as Error).message,
    );
  }
}

/** Null after a syntax error. */
function parse(text: string, parser: Parser, sourceType: "module" | "script"): Node | null {
  const allowReturnOutsideFunction = sourceType === "script"; // CommonJS files are functions
  try {
    // The TypeScript plugin needs locations.
    return parser.parse(text, {
      ecmaVersion: "latest",
      sourceType,
      locations: true,
      allowReturnOutsideFunction,
    });
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function isTypeScript(url: string): boolean {
  return /\.[cm]?tsx?$/.test(new URL(url).pathname);
}

/** As in k6, a file without import and export is CommonJS if it names CommonJS's variables. */
function isCommonJs(tree: SyntaxTree, statements: readonly Node[]): boolean {
  return !statements.some(({ type }) => /^(Import|Export)/.test(type)) &&
    ["require", "module", "exports"].some((name) => tree.references(name).length > 0);
}

function findRequires(tree: SyntaxTree): Requirement[] {
  const found: Requirement[] = [];
  for (const node of tree.references("require")) {
    const { type, callee, arguments: given } = tree.parentOf(node)!;
    const specifier = type === "CallExpression" && callee === node && given!.length > 0
      ? literalOf(given![0])
      : null;
    if (specifier !== null) found.push({ specifier, line: node.loc.start.line });
  }
  return found;
}

function findImports(nodes: readonly Node[]): ModuleImport[] {
  const found: ModuleImport[] = [];
  for (const node of nodes) {
    const { type, source } = node;
    const is_dynamic = type === "ImportExpression";
    if (!is_dynamic && !/^(Import|ExportAll|ExportNamed)Declaration$/.test(type)) continue;
    if (typeof source?.value !== "string" || isTypeOnly(node)) continue;
    const { value: specifier, start, end, loc } = source;
    found.push({ specifier, start, end, line: loc.start.line, is_dynamic });
  }
  return found;
}
