/** What a PromQL expression asks for, by Prometheus' own grammar. Pure. */

/** As in `yaml.ts`: from npm, and only when this runs. */
const PROMQL_PACKAGE: string = "npm:@prometheus-io/lezer-promql@0.315.0";

interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly type: { readonly isError: boolean };
  getChild(name: string): SyntaxNode | null;
  getChildren(name: string): SyntaxNode[];
}

const { parser }: {
  parser: {
    parse(text: string): { iterate(spec: { enter(at: { node: SyntaxNode }): void }): void };
  };
} = await import(PROMQL_PACKAGE);

/** One condition on a label: `code=~"5.."` is `{ label: "code", op: "=~", value: "5.." }`. */
export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

/** One selection of series; `metric` is null where `__name__` is matched instead. */
export interface Selector {
  readonly metric: string | null;
  readonly matchers: readonly Matcher[];
}

/** What an expression names. */
export interface Asked {
  readonly selectors: readonly Selector[];
  /** Labels in `by`, `without`, `on`, `ignoring` and `group_left`. */
  readonly labels: readonly string[];
}

/**
 * Throws where the expression is not PromQL.
 *
 * ```ts
 * askedBy('sum by (job) (up{job="a"})').selectors[0].metric; // "up"
 * ```
 */
export function askedBy(expression: string): Asked {
  const selectors: Selector[] = [];
  const labels: string[] = [];
  const textOf = (node: SyntaxNode | null) => node && expression.slice(node.from, node.to);
  parser.parse(expression).iterate({
    enter({ node }) {
      if (node.type.isError) {
        throw new Error(`${expression}: not PromQL at character ${node.from + 1}`);
      }
      if (node.name === "GroupingLabels") {
        labels.push(...node.getChildren("LabelName").map((label) => textOf(label)!));
      }
      if (node.name !== "VectorSelector") return;
      const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
      selectors.push({
        metric: textOf(node.getChild("Identifier")),
        matchers: matchers.map((matcher) => ({
          label: textOf(matcher.getChild("LabelName"))!,
          op: textOf(matcher.getChild("MatchOp"))!,
          value: JSON.parse(textOf(matcher.getChild("StringLiteral"))!),
        })),
      });
    },
  });
  return { selectors, labels };
}
