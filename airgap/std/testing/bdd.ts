/**
 * Tests as nested descriptions, on top of `Deno.test` and `t.step`.
 *
 * ```ts
 * describe("Breaker", () => {
 *   let breaker: Breaker;
 *   beforeEach(() => breaker = new Breaker());
 *   it("opens after five failures", () => { … });
 * });
 * ```
 */

import { describeDefinition, itDefinition } from "./_definition.ts";
import type {
  DescribeArgs,
  DescribeDefinition,
  Hook,
  ItArgs,
  ItDefinition,
  TestSuite,
} from "./_definition.ts";
import { type HookName, Suite } from "./_suite.ts";

export type { DescribeArgs, DescribeDefinition, ItArgs, ItDefinition, TestSuite };

/** The suite whose callback is running, or the one that holds all because of a top-level hook. */
let current: Suite | undefined;
/** Whether a top-level test or suite exists already; hooks for all must come before it. */
let any_registered = false;
/** Whether tests run already; what is registered from then on would never run. */
let running = false;
const suites = new Map<symbol, Suite>();

/** Registers a test; inside `describe`, as a part of that suite. */
export interface it {
  <T>(...args: ItArgs<T>): void;
  /** Registers a test that runs alone. */
  only<T>(...args: ItArgs<T>): void;
  /** Registers a test that does not run. */
  ignore<T>(...args: ItArgs<T>): void;
  /** Registers a test that does not run. */
  skip<T>(...args: ItArgs<T>): void;
}

/**
 * Registers a test; inside `describe`, as a part of that suite.
 *
 * ```ts
 * it("answers 404 for a switch it does not know", async () => { … });
 * ```
 */
export const it: it = Object.assign(
  <T>(...args: ItArgs<T>) => registerTest(itDefinition(args)),
  {
    only: <T>(...args: ItArgs<T>) => registerTest({ ...itDefinition(args), only: true }),
    ignore: <T>(...args: ItArgs<T>) => registerTest({ ...itDefinition(args), ignore: true }),
    skip: <T>(...args: ItArgs<T>) => registerTest({ ...itDefinition(args), ignore: true }),
  },
);

/** Another name of {@linkcode it}. */
export const test: it = it;

/** Registers a suite and, in its callback, what belongs to it. */
export interface describe {
  <T>(...args: DescribeArgs<T>): TestSuite<T>;
  /** Registers a suite that runs alone. */
  only<T>(...args: DescribeArgs<T>): TestSuite<T>;
  /** Registers a suite that does not run. */
  ignore<T>(...args: DescribeArgs<T>): TestSuite<T>;
  /** Registers a suite that does not run. */
  skip<T>(...args: DescribeArgs<T>): TestSuite<T>;
}

/**
 * Registers a suite and, in its callback, what belongs to it.
 *
 * ```ts
 * describe("GetMetric", () => it("answers 200", () => { … }));
 * ```
 */
export const describe: describe = Object.assign(
  <T>(...args: DescribeArgs<T>) => registerSuite(describeDefinition(args)),
  {
    only: <T>(...args: DescribeArgs<T>) =>
      registerSuite({ ...describeDefinition(args), only: true }),
    ignore: <T>(...args: DescribeArgs<T>) =>
      registerSuite({ ...describeDefinition(args), ignore: true }),
    skip: <T>(...args: DescribeArgs<T>) =>
      registerSuite({ ...describeDefinition(args), ignore: true }),
  },
);

/** Runs `fn` once before the suite's first test. At top level: before the file's first. */
export function beforeAll<T>(fn: Hook<T>): void {
  registerHook("beforeAll", fn);
}

/** Runs `fn` once after the suite's last test, also after a failure. */
export function afterAll<T>(fn: Hook<T>): void {
  registerHook("afterAll", fn);
}

/** Runs `fn` before each test of the suite and of the suites in it. */
export function beforeEach<T>(fn: Hook<T>): void {
  registerHook("beforeEach", fn);
}

/** Runs `fn` after each test of the suite and of the suites in it, also after a failure. */
export function afterEach<T>(fn: Hook<T>): void {
  registerHook("afterEach", fn);
}

/** Another name of {@linkcode beforeAll}. */
export const before: typeof beforeAll = beforeAll;

/** Another name of {@linkcode afterAll}. */
export const after: typeof afterAll = afterAll;

function registerHook<T>(name: HookName, hook: Hook<T>): void {
  if (!current) {
    if (any_registered) {
      throw new Error("Cannot add global hooks after a global test is registered");
    }
    current = new Suite({ name: "global" }, undefined);
    registerTop(current);
  }
  current.addHook(name, hook);
}

function registerTest<T>(definition: ItDefinition<T>): void {
  refuseWhileRunning("cases");
  if (typeof definition.fn !== "function") {
    throw new TypeError(`Test "${definition.name}" has no function: pass one to it()`);
  }
  const suite = suiteOf(definition.suite);
  if (suite) return suite.addStep(definition);
  any_registered = true;
  const { suite: _none, fn, ...options } = definition;
  Deno.test({
    ...options,
    fn: (t) => {
      running = true;
      return fn.call({} as T, t);
    },
  });
}

function registerSuite<T>(definition: DescribeDefinition<T>): TestSuite<T> {
  refuseWhileRunning("suites");
  const parent = suiteOf(definition.suite);
  const suite = new Suite(definition, parent);
  suites.set(suite.symbol, suite);
  const outer = current;
  current = suite;
  try {
    const returned: unknown = definition.fn?.();
    if (returned instanceof Promise) {
      throw new Error(
        'Returning a Promise from "describe" is not supported: tests must be defined synchronously',
      );
    }
  } finally {
    current = outer;
  }
  if (parent) parent.addStep(suite);
  else registerTop(suite);
  return { symbol: suite.symbol };
}

/** Hands a suite that belongs to no other to Deno's test runner. */
function registerTop(suite: Suite): void {
  any_registered = true;
  const { name, ignore, permissions, sanitizeExit, sanitizeOps, sanitizeResources } =
    suite.definition;
  Deno.test({
    name,
    // `false` would be told apart from no wish at all by the runner's own defaults.
    ...Object.fromEntries(
      Object.entries({ ignore, permissions, sanitizeExit, sanitizeOps, sanitizeResources })
        .filter(([, value]) => value !== undefined),
    ),
    only: suite.only,
    fn: (t) => {
      running = true;
      return suite.run(t, {});
    },
  });
}

function suiteOf<T>(named: TestSuite<T> | undefined): Suite | undefined {
  return named ? suites.get(named.symbol) : current;
}

function refuseWhileRunning(what: "cases" | "suites"): void {
  if (!running) return;
  throw new Error(
    `Cannot register new test ${what} after already registered test cases start running`,
  );
}
