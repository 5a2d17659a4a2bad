/**
 * Finds what may make a VU wait without `await`. The search errs on the safe side: a module that is
 * passed on, stored or exported may be called anywhere.
 */
import { isTypeOnly, literalOf, type Node, type SyntaxTree } from "./syntax_tree.ts";

/** A use of a function that makes its VU wait without `await`, or of a module that has one. */
export interface BlockingUse {
  /** `http.get`; `http` if the module is passed on. */
  readonly call: string;
  readonly line: number;
  /** The function itself is used; else only its module is passed on. */
  readonly is_certain: boolean;
}

/** Functions that block until their response arrives or their time is over. */
const BLOCKING: Readonly<Record<string, ReadonlySet<string>>> = {
  "k6": new Set(["sleep"]),
  "k6/http": new Set(
    ["batch", "del", "get", "head", "options", "patch", "post", "put", "request"],
  ),
};

/** Syntax around a value that does not change it. */
const WRAPPERS = new Set([
  "AwaitExpression",
  "ChainExpression",
  "ParenthesizedExpression",
  "TSAsExpression",
  "TSInstantiationExpression",
  "TSNonNullExpression",
  "TSSatisfiesExpression",
  "TSTypeAssertion",
]);

/** The first certain use, else the first possible one; null if no VU can block. */
export function findBlockingUse(tree: SyntaxTree): BlockingUse | null {
  const uses = new BlockingSearch(tree).run().sort((a, b) => a.line - b.line);
  return uses.find(({ is_certain }) => is_certain) ?? uses[0] ?? null;
}

class BlockingSearch {
  readonly #found: BlockingUse[] = [];
  /** Variables that hold a module, with the names of its blocking functions. */
  readonly #holders = new Map<string, ReadonlySet<string>>();
  readonly #queue: string[] = [];

  constructor(private readonly tree: SyntaxTree) {}

  run(): BlockingUse[] {
    for (const node of this.tree.nodes) this.#takeModule(node);
    for (let name = this.#queue.pop(); name !== undefined; name = this.#queue.pop()) {
      for (const node of this.tree.references(name)) {
        this.#takeModuleValue(node, this.#holders.get(name)!, name);
      }
    }
    const direct_eval = this.tree.references("eval")[0];
    if (this.#holders.size > 0 && direct_eval !== undefined) this.#add("eval", direct_eval, false);
    return this.#found;
  }

  /** A statement or expression that gives access to a module. */
  #takeModule(node: Node): void {
    const is_required = node.type === "CallExpression" && node.callee!.name === "require";
    const source = is_required ? node.arguments![0] : node.source;
    const specifier = source ? literalOf(source) : null;
    if (source && specifier === null && (is_required || node.type === "ImportExpression")) {
      return this.#add(is_required ? "require(…)" : "import(…)", node, false);
    }
    const blocking = specifier === null ? undefined : BLOCKING[specifier];
    if (blocking === undefined || isTypeOnly(node)) return;
    switch (node.type) {
      case "ImportDeclaration":
        return node.specifiers!.forEach((one) => this.#takeImported(one, blocking));
      case "ExportNamedDeclaration":
        for (const { local } of node.specifiers!) {
          const name = String(local!.name ?? local!.value);
          if (name === "default" || blocking.has(name)) this.#add(name, node, false);
        }
        return;
      case "ExportAllDeclaration":
        return this.#add(specifier!, node, false);
      default:
        return this.#takeModuleValue(node, blocking, specifier!);
    }
  }

  #takeImported(specifier: Node, blocking: ReadonlySet<string>): void {
    const { imported, local } = specifier;
    const name = String(imported?.name ?? imported?.value ?? "default");
    if (isTypeOnly(specifier)) return;
    if (name === "default") return this.#hold(local!.name!, blocking);
    if (!blocking.has(name)) return;
    for (const node of this.tree.references(local!.name!)) this.#add(local!.name!, node, true);
  }

  /** What the code around a module's value does with it. */
  #takeModuleValue(node: Node, blocking: ReadonlySet<string>, label: string): void {
    const parent = this.tree.parentOf(node)!;
    if (WRAPPERS.has(parent.type)) return this.#takeModuleValue(parent, blocking, label);
    if (parent.type === "MemberExpression") {
      const { property, computed } = parent;
      const name = computed ? literalOf(property!) : property!.name!;
      if (name === "default") return this.#takeModuleValue(parent, blocking, label);
      if (name === null) return this.#add(`${label}[…]`, node, true);
      return blocking.has(name) ? this.#add(`${label}.${name}`, node, true) : undefined;
    }
    if (parent.type === "VariableDeclarator" && parent.id!.type === "Identifier") {
      return this.#hold(parent.id!.name!, blocking);
    }
    if (parent.type === "VariableDeclarator" && parent.id!.type === "ObjectPattern") {
      for (const { key, computed } of parent.id!.properties!) {
        const name = key === undefined || computed ? "default" : key.name ?? String(key.value);
        if (blocking.has(name)) this.#add(`${label}.${name}`, node, true);
        else if (name === "default") this.#add(label, node, false);
      }
      return;
    }
    if (parent.type === "ExpressionStatement" || parent.type === "UnaryExpression") return;
    this.#add(label, node, false);
  }

  #hold(name: string, blocking: ReadonlySet<string>): void {
    const known = this.#holders.get(name);
    if (known === blocking) return;
    this.#holders.set(name, known === undefined ? blocking : known.union(blocking));
    this.#queue.push(name);
  }

  #add(call: string, { loc }: Node, is_certain: boolean): void {
    this.#found.push({ call, line: loc.start.line, is_certain });
  }
}
