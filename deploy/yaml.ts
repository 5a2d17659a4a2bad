/** Reads YAML. Pure. */

/**
 * The npm package, neither in deno.json nor in an import that can be seen before the program runs:
 * from there `deno task dev` would download it at its first start, and the type checker would take
 * Node's types for everybody (there `setTimeout` gives an object).
 */
const YAML_PACKAGE: string = "npm:yaml@2.9.1";

interface YamlDocument {
  errors: Error[];
  toJS(): unknown;
}

const { parse, parseAllDocuments }: {
  parse(text: string, options: { merge: boolean }): unknown;
  parseAllDocuments(text: string): YamlDocument[];
} = await import(YAML_PACKAGE);

/** The one document of a text, with `<<` merged. Throws where it is not YAML, or repeats a key. */
export function parseYaml<T>(text: string): T {
  return parse(text, { merge: true }) as T;
}

/** All documents of a text, which `---` separates. Throws as {@link parseYaml} does. */
export function parseYamlDocuments<T>(text: string): T[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as T;
  });
}
