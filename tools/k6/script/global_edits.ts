/**
 * Keeps a script's changes of global variables from the runner, which shares them: polyfills
 * replace `URL` or `Promise`. If any file of a script uses the global object or assigns a global,
 * each VU gets its own values, as in k6; names that are no globals of Deno stay shared by VUs of a
 * thread.
 *
 * ```js
 * globalThis.URL = Mine;      // $$k6_globalThis.URL = Mine;
 * new URL(path, { URL });     // new $$k6_globals.URL(path, { URL: $$k6_globals.URL });
 * ```
 */
import type { Edit } from "./text_edits.ts";
import type { Node, SyntaxTree } from "./syntax_tree.ts";

/** The values of the globals, for scripts. */
export const GLOBALS = "$$k6_globals";
/** The global object, for scripts. */
export const GLOBAL_THIS = "$$k6_globalThis";

const GLOBAL_OBJECT = ["globalThis", "global", "self"];
/** Globals that are k6's own in every script: an iteration waits for its timers. */
const TIMERS = ["clearInterval", "clearTimeout", "setInterval", "setTimeout"];
/** Globals that k6 does not have. Scripts look for them, and what they send is not measured. */
const ABSENT = [
  "clearImmediate",
  "Deno",
  "EventSource",
  "fetch",
  "process",
  "setImmediate",
  "WebSocket",
  "Worker",
];
const K6_GLOBALS = new Set([...TIMERS, ...ABSENT]);
/** Globals that stay: they belong to the VU, or to the syntax around them. */
const KEPT = new Set(["eval", "open", "require", ...GLOBAL_OBJECT]);

function globalNames(): string[] {
  const all = Object.entries(Object.getOwnPropertyDescriptors(globalThis));
  // Deno defines some as accessors, to load them late.
  return all.filter(([name, { get, set, configurable }]) =>
    configurable && (get === undefined || set !== undefined) && !KEPT.has(name)
  ).map(([name]) => name);
}

/** Read before any script runs. */
const GLOBAL_NAMES = globalNames();

/** For one file. */
export interface GlobalEdits {
  /** The file may change globals. */
  readonly is_needed: boolean;
  /** In the order of the text. */
  readonly edits: readonly Edit[];
  /** Those that apply to every script. */
  readonly always: readonly Edit[];
}

export function findGlobalEdits(tree: SyntaxTree): GlobalEdits {
  const edits: Edit[] = [], always: Edit[] = [];
  let is_needed = false;
  const replace = (node: Node, by: string, is_always = false) => {
    const { type, shorthand } = tree.parentOf(node)!;
    if (type === "ExportSpecifier") return;
    const text = type === "Property" && shorthand ? `${node.name}: ${by}` : by;
    const edit = { start: node.start, end: node.end, text };
    edits.push(edit);
    if (is_always) always.push(edit);
  };
  for (const name of GLOBAL_OBJECT) {
    if (tree.declares(name)) continue;
    for (const node of tree.references(name)) {
      is_needed = true;
      replace(node, GLOBAL_THIS);
    }
  }
  for (const name of GLOBAL_NAMES) {
    if (tree.declares(name)) continue;
    for (const node of tree.references(name)) {
      is_needed ||= tree.parentOf(node)!.left === node && isAssignment(tree.parentOf(node)!);
      replace(node, `${GLOBALS}.${name}`, K6_GLOBALS.has(name));
    }
  }
  return { is_needed, edits: edits.sort((a, b) => a.start - b.start), always };
}

function isAssignment({ type }: Node): boolean {
  return type === "AssignmentExpression";
}

/** The values that all VUs of a thread begin with. */
let initial: Readonly<Record<PropertyKey, unknown>> | null = null;
/** Values of the runner instead of Deno's. */
let own_values: Readonly<Record<string, unknown>> = {};

/** Sets the values of {@link TIMERS}, before the first script is loaded. */
export function defineTimers(timers: Readonly<Record<string, unknown>>): void {
  own_values = timers;
}

function initialValues(): Readonly<Record<PropertyKey, unknown>> {
  if (initial !== null) return initial;
  const values: Record<PropertyKey, unknown> = Object.create(null);
  for (const name of GLOBAL_NAMES) {
    const value: unknown = Reflect.get(globalThis, name);
    // Functions such as setTimeout refuse another `this` than the global object.
    const is_method = typeof value === "function" && /^[a-z]/.test(name);
    values[name] = is_method ? value.bind(globalThis) : value;
  }
  const absent = Object.fromEntries(ABSENT.map((name) => [name, undefined]));
  return initial = Object.assign(values, absent, own_values);
}

/** One VU's values and global object, for the names that {@link findGlobalEdits} inserts. */
export class VuGlobals {
  readonly values: Record<PropertyKey, unknown> = Object.create(initialValues());
  readonly object: object = new Proxy(globalThis, {
    get: (target, name) =>
      GLOBAL_OBJECT.includes(String(name))
        ? this.object
        : Reflect.get(this.#home(name, target), name),
    set: (target, name, value) =>
      this.#isValue(name)
        ? Reflect.defineProperty(this.values, name, { ...ASSIGNED, value })
        : Reflect.set(target, name, value),
    defineProperty: (target, name, descriptor) =>
      Reflect.defineProperty(this.#home(name, target), name, descriptor),
    deleteProperty: (target, name) =>
      this.#isValue(name)
        ? Reflect.defineProperty(this.values, name, { ...ASSIGNED, value: undefined })
        : Reflect.deleteProperty(target, name),
    getOwnPropertyDescriptor: (target, name) => {
      if (!this.#isValue(name)) return Reflect.getOwnPropertyDescriptor(target, name);
      return { ...ASSIGNED, value: this.values[name] };
    },
  });

  #isValue(name: PropertyKey): boolean {
    return name in this.values;
  }

  #home(name: PropertyKey, target: object): object {
    return this.#isValue(name) ? this.values : target;
  }
}

const ASSIGNED = { writable: true, configurable: true, enumerable: true };
