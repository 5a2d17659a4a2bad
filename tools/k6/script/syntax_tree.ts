/** A file's syntax tree with what its readers share: order, parents and references. */
import type { Node } from "./parse_module.ts";

/** Syntax in which these children are names, not references to variables. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  BreakStatement: ["label"],
  CatchClause: ["param"],
  ClassDeclaration: ["id"],
  ClassExpression: ["id"],
  ContinueStatement: ["label"],
  ExportAllDeclaration: ["exported"],
  FunctionDeclaration: ["id", "params"],
  FunctionExpression: ["id", "params"],
  ArrowFunctionExpression: ["params"],
  ImportDefaultSpecifier: ["local"],
  ImportNamespaceSpecifier: ["local"],
  ImportSpecifier: ["imported", "local"],
  LabeledStatement: ["label"],
  MetaProperty: ["meta", "property"],
  VariableDeclarator: ["id"],
};

/** Syntax with a key or property that is a name unless it is computed. */
const KEYED: Readonly<Record<string, "key" | "property">> = {
  MemberExpression: "property",
  MethodDefinition: "key",
  Property: "key",
  PropertyDefinition: "key",
};

/** TypeScript's syntax around expressions; its other syntax is types. */
const TYPED_VALUE =
  /^TS(AsExpression|SatisfiesExpression|NonNullExpression|TypeAssertion|InstantiationExpression|ExportAssignment)$/;

export class SyntaxTree {
  /** In the order of the text. */
  readonly nodes: readonly Node[];
  readonly #parents = new Map<Node, Node>();
  readonly #references = new Map<string, Node[]>();

  constructor(readonly root: Node) {
    const found: Node[] = [], left: [value: unknown, parent: Node | null][] = [[root, null]];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [value, parent] = next;
      if (typeof value !== "object" || value === null || value instanceof RegExp) continue;
      let inside = parent;
      if ("type" in value) {
        inside = value as Node;
        found.push(inside);
        if (parent !== null) this.#parents.set(inside, parent);
      }
      for (const inner of Object.values(value)) {
        if (typeof inner === "object" && inner !== null) left.push([inner, inside]);
      }
    }
    this.nodes = found.sort((a, b) => a.start - b.start);
    for (const node of this.nodes) {
      if (node.type !== "Identifier" || !this.#isReference(node)) continue;
      const known = this.#references.get(node.name!);
      if (known === undefined) this.#references.set(node.name!, [node]);
      else known.push(node);
    }
  }

  /** Null for the whole program. */
  parentOf(node: Node): Node | null {
    return this.#parents.get(node) ?? null;
  }

  /** Where the text reads or passes on a variable of this name; scopes are not told apart. */
  references(name: string): readonly Node[] {
    return this.#references.get(name) ?? [];
  }

  #isReference(node: Node): boolean {
    const parent = this.#parents.get(node)!;
    const { type } = parent;
    const fields = parent as unknown as Record<string, unknown>;
    const key = KEYED[type];
    if (key !== undefined && parent[key] === node) return parent.computed === true;
    if (NAMES[type]?.some((name) => [fields[name]].flat().includes(node))) return false;
    return !type.startsWith("TS") || TYPED_VALUE.test(type);
  }
}

/** The text of a string literal, also of a template without expressions; null for anything else. */
export function literalOf({ type, value, quasis }: Node): string | null {
  if (type === "TemplateLiteral" && quasis!.length === 1) {
    return (quasis![0].value as { cooked: string }).cooked;
  }
  return typeof value === "string" ? value : null;
}
