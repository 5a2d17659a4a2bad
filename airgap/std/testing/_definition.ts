/** Reads the many ways to call `describe` and `it` into one definition. */

/** Called before or after tests; `this` is what the suite's hooks share with its tests. */
export type Hook<T> = (this: T) => void | Promise<void>;

/** A test's function; `t` takes further steps. */
export type TestFunction<T> = (this: T, t: Deno.TestContext) => void | Promise<void>;

/** Names a suite, so that tests can be added to it from outside its callback. */
export interface TestSuite<T> {
  /** Tells this suite from all others. */
  // T types the tests that are added later; nothing here is of that type.
  symbol: symbol;
}

/** What `describe` can be told; hooks may be one function or a list. */
export interface DescribeDefinition<T> extends Omit<Deno.TestDefinition, "fn"> {
  /** Registers the suite's tests; must not return a promise. */
  fn?: () => void | undefined;
  /** The suite that this one belongs to. */
  suite?: TestSuite<T>;
  beforeAll?: Hook<T> | Hook<T>[];
  afterAll?: Hook<T> | Hook<T>[];
  beforeEach?: Hook<T> | Hook<T>[];
  afterEach?: Hook<T> | Hook<T>[];
}

/** What `it` can be told. */
export interface ItDefinition<T> extends Omit<Deno.TestDefinition, "fn"> {
  fn: TestFunction<T>;
  /** The suite that this test belongs to. */
  suite?: TestSuite<T>;
}

/** `(name, options, fn)`, each of which may be missing where another one says it. */
type Arguments<Definition, Fn> =
  | [Definition]
  | [string, Omit<Definition, "name">]
  | [string, Fn]
  | [Fn]
  | [string, Omit<Definition, "fn" | "name">, Fn]
  | [Omit<Definition, "fn">, Fn]
  | [Omit<Definition, "fn" | "name">, Fn];

/** The same, with the suite in front instead of in the options. */
type ArgumentsInSuite<Definition, Fn, Suite> =
  | [Suite, string, Omit<Definition, "name" | "suite">]
  | [Suite, string, Fn]
  | [Suite, Fn]
  | [Suite, string, Omit<Definition, "fn" | "name" | "suite">, Fn]
  | [Suite, Omit<Definition, "fn" | "suite">, Fn]
  | [Suite, Omit<Definition, "fn" | "name" | "suite">, Fn];

/** The ways to call `describe`. */
export type DescribeArgs<T> =
  | [string]
  | [TestSuite<T>, string]
  | Arguments<DescribeDefinition<T>, () => void | undefined>
  | ArgumentsInSuite<DescribeDefinition<T>, () => void | undefined, TestSuite<T>>;

/** The ways to call `it`. */
export type ItArgs<T> =
  | Arguments<ItDefinition<T>, TestFunction<T>>
  | ArgumentsInSuite<ItDefinition<T>, TestFunction<T>, TestSuite<T>>;

/** Definition that the arguments of `describe` spell. */
export function describeDefinition<T>(args: DescribeArgs<T>): DescribeDefinition<T> {
  return definition<DescribeDefinition<T>>(args);
}

/** Definition that the arguments of `it` spell. */
export function itDefinition<T>(args: ItArgs<T>): ItDefinition<T> {
  return definition<ItDefinition<T>>(args);
}

/** What comes outside the options wins over them; a missing name is the function's own. */
function definition<Definition extends { name: string; fn?: unknown; suite?: unknown }>(
  args: readonly unknown[],
): Definition {
  const rest = [...args];
  const suite = isSuite(rest[0]) ? rest.shift() : undefined;
  const name = typeof rest[0] === "string" ? rest.shift() : undefined;
  const options = (typeof rest[0] === "object" ? rest.shift() : {}) as Partial<Definition>;
  const fn = (rest[0] ?? options.fn) as { name: string } | undefined;
  return {
    ...options,
    fn,
    name: name ?? options.name ?? fn?.name ?? "",
    suite: suite ?? options.suite,
  } as Definition;
}

function isSuite(value: unknown): value is TestSuite<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { symbol?: unknown }).symbol === "symbol";
}
