/** A file's syntax tree: its nodes in order, their parents, and references to variables. */

/** A node of the syntax tree (ESTree), with the fields that this folder reads. */
export interface Node {
  readonly type: string;
  /** Offset in the source. */
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number } };
  readonly name?: string;
  readonly value?: unknown;
  readonly kind?: string;
  readonly importKind?: string;
  readonly exportKind?: string;
  readonly argument?: Node | null;
  readonly arguments?: readonly Node[];
  readonly computed?: boolean;
  readonly attributes?: readonly Node[];
  readonly body?: readonly Node[];
  readonly callee?: Node;
  readonly declaration?: Node | null;
  readonly exported?: Node;
  readonly id?: Node | null;
  readonly imported?: Node;
  readonly init?: Node | null;
  readonly key?: Node;
  readonly left?: Node;
  readonly local?: Node;
  readonly object?: Node;
  readonly properties?: readonly Node[];
  readonly property?: Node;
  readonly quasis?: readonly Node[];
  readonly right?: Node;
  readonly shorthand?: boolean;
  readonly source?: Node | null;
  readonly specifiers?: readonly Node[];
}

/** TypeScript's `import type` and `export type`, which do not run. */
export function isTypeOnly({ importKind, exportKind }: Node): boolean {
  return importKind === "type" || exportKind === "type";
}

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

/** Syntax that declares its {@link NAMES}. */
const DECLARING =
  /^(Arrow|CatchClause|Class(Decl|Expr)|Function|Import.*Specifier|VariableDeclarator)/;

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
  readonly #declared = new Set<string>();

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
      if (node.type === "Identifier" && this.#isDeclared(node)) this.#declared.add(node.name!);
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

  /** Uses of variables of this name, in any scope. */
  references(name: string): readonly Node[] {
    return this.#references.get(name) ?? [];
  }

  /** Whether the text declares the name in any scope. */
  declares(name: string): boolean {
    return this.#declared.has(name);
  }

  /** Whether the name is in a declaration, even within a pattern or its default values. */
  #isDeclared(node: Node): boolean {
    let inner = node, outer = this.#parents.get(node);
    if (outer?.type === "Property" && outer.key === node && !outer.shorthand) return false;
    while (outer !== undefined && /Pattern$|^Property$|^RestElement$/.test(outer.type)) {
      inner = outer;
      outer = this.#parents.get(outer);
    }
    if (outer === undefined || !DECLARING.test(outer.type)) return false;
    const fields = outer as unknown as Record<string, unknown>;
    return NAMES[outer.type]!.some((name) => [fields[name]].flat().includes(inner));
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
