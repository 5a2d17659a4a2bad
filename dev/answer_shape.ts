/** Compares the shape of an answer with a documented one; values differ from run to run. Pure. */

/**
 * The differences as sentences; empty if there are none. An answer is the output of curl: with `-i`
 * a status line, headers and an empty line before the body.
 */
export function shapeDifferences(documented: string, real: string): string[] {
  const want = split(documented);
  const got = split(real);
  const differences: string[] = [];
  if (want.status !== got.status) {
    differences.push(`status line: "${want.status}" is documented, got "${got.status}"`);
  }
  for (const name of want.headers) {
    if (!got.headers.includes(name)) differences.push(`header ${name} is documented, got none`);
  }
  return [...differences, ...bodyDifferences(want.body, got.body)];
}

/** Name of a member in place of members that are not shown. */
const MORE = "…";

interface Output {
  status: string;
  /** Names in lower case. */
  headers: string[];
  body: string;
}

function split(output: string): Output {
  if (!output.startsWith("HTTP/")) return { status: "", headers: [], body: output.trim() };
  const [head, ...rest] = output.split(/\r?\n\r?\n/);
  const [status, ...headers] = head.trim().split(/\r?\n/);
  return {
    // HTTP/2 has no reason phrase: trailing blanks do not count.
    status: status.trim(),
    headers: headers.map((line) => line.slice(0, line.indexOf(":")).trim().toLowerCase()),
    body: rest.join("\n\n").trim(),
  };
}

function bodyDifferences(want: string, got: string): string[] {
  const documented = parsed(want);
  if (documented !== undefined) {
    const real = parsed(got);
    return real === undefined
      ? [`JSON is documented, got ${got.slice(0, 100)}`]
      : typeDifferences("", documented, real);
  }
  const [want_first] = want.split("\n");
  const [got_first] = got.split("\n");
  return want_first === got_first
    ? []
    : [`first line: "${want_first}" is documented, got "${got_first}"`];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function typeDifferences(path: string, want: unknown, got: unknown): string[] {
  const [want_type, got_type] = [typeName(want), typeName(got)];
  // A value that can be missing is documented as either of the two.
  if (want_type === "null" || got_type === "null") return [];
  if (want_type !== got_type) {
    return [`${path || "answer"}: ${want_type} is documented, got ${got_type}`];
  }
  if (Array.isArray(want)) {
    const items = got as unknown[];
    if (want.length === 0) return [];
    if (items.length === 0) return [`${path}: items are documented, got none`];
    return typeDifferences(`${path}[0]`, want[0], items[0]);
  }
  if (want_type !== "object") return [];
  const [a, b] = [want as Record<string, unknown>, got as Record<string, unknown>];
  // An object that is documented as empty can have members later.
  if (Object.keys(a).length === 0) return [];
  // Some members are shown, with a mark for more.
  const { [MORE]: more, ...shown } = a;
  const names = Object.keys(more === undefined ? { ...a, ...b } : shown);
  return names.flatMap((name) => {
    const inner = path === "" ? name : `${path}.${name}`;
    if (!(name in b)) return [`${inner} is documented, got none`];
    if (!(name in a)) return [`${inner} is not documented`];
    return typeDifferences(inner, a[name], b[name]);
  });
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
