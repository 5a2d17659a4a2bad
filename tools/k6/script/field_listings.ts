/**
 * Finds where a script may list the fields of an object: `{ ...x }`, `Object.keys(x)`, `for … in`.
 * A response computes its fields when the script reads them, so it must first get them as its own.
 *
 * ```js
 * const copy = { ...response };   // const copy = { ...$$k6_own(response) };
 * Object.entries(response);       // $$k6_own.entries(response);
 * ```
 */
import type { Edit } from "./text_edits.ts";
import type { Node, SyntaxTree } from "./syntax_tree.ts";

/** The global that scripts call, see `k6/globals.ts`. */
export const OWN = "$$k6_own";
/** Functions of `Object` that list fields. */
export const LISTING_FUNCTIONS = [
  "assign",
  "entries",
  "getOwnPropertyDescriptors",
  "getOwnPropertyNames",
  "hasOwn",
  "keys",
  "values",
] as const;

/** In the order of the text. */
export function findFieldListings(tree: SyntaxTree): Edit[] {
  const edits: Edit[] = [];
  const wrap = ({ start, end }: Node) => {
    edits.push({ start, end: start, text: `${OWN}(` }, { start: end, end, text: ")" });
  };
  for (const node of tree.nodes) {
    const { type } = node, parent = tree.parentOf(node);
    if (type === "SpreadElement" && parent!.type === "ObjectExpression") wrap(node.argument!);
    else if (type === "ForInStatement") wrap(node.right!);
    else if (type === "RestElement" && parent!.type === "ObjectPattern") {
      const { type, init, right } = tree.parentOf(parent!)!;
      if (type === "VariableDeclarator" && init) wrap(init);
      if (type === "AssignmentExpression") wrap(right!);
    }
  }
  for (const node of tree.references("Object")) {
    const member = tree.parentOf(node)!;
    const name = member.type === "MemberExpression" && !member.computed && member.property!.name;
    const { type, left } = tree.parentOf(member)!;
    const is_written = type === "AssignmentExpression" && left === member;
    if (is_written || !(LISTING_FUNCTIONS as readonly unknown[]).includes(name)) continue;
    edits.push({ start: node.start, end: node.end, text: OWN });
  }
  return edits.sort((a, b) => a.start - b.start);
}
