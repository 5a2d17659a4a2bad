/** A suite of tests: what belongs to it, its hooks, and how Deno's test runner runs it. */

import type { DescribeDefinition, Hook, ItDefinition } from "./_definition.ts";

/** When a hook runs, seen from the tests of its suite. */
export type HookName = "beforeAll" | "afterAll" | "beforeEach" | "afterEach";

// The type of `this` is known where tests are written; here it is only handed on.
// deno-lint-ignore no-explicit-any
type Shared = any;

type Step = Suite | ItDefinition<Shared>;

/** One `describe`, with its tests and nested suites in the order they were registered. */
export class Suite {
  readonly symbol: symbol;
  readonly definition: DescribeDefinition<Shared>;
  readonly parent: Suite | undefined;
  readonly #hooks: Record<HookName, Hook<Shared>[]>;
  readonly #steps: Step[] = [];
  /** Whether a step here, at any depth, is the only one asked for. */
  #has_only = false;

  constructor(definition: DescribeDefinition<Shared>, parent: Suite | undefined) {
    this.symbol = Symbol(definition.name);
    this.definition = definition;
    this.parent = parent;
    this.#hooks = {
      beforeAll: [definition.beforeAll ?? []].flat(),
      afterAll: [definition.afterAll ?? []].flat(),
      beforeEach: [definition.beforeEach ?? []].flat(),
      afterEach: [definition.afterEach ?? []].flat(),
    };
  }

  /** Whether this suite asks to run alone, itself or through something in it. */
  get only(): boolean {
    return this.definition.only === true || this.#has_only;
  }

  addHook(name: HookName, hook: Hook<Shared>): void {
    this.#hooks[name].push(hook);
  }

  addStep(step: Step): void {
    this.#steps.push(step);
    if (isOnly(step)) this.#markOnly();
  }

  /** Runs the whole suite inside `t`, which stands for it; `shared` is what its parent shares. */
  async run(t: Deno.TestContext, shared: Shared): Promise<void> {
    for (const hook of this.#hooks.beforeAll) await hook.call(shared);
    try {
      for (const step of this.#steps) {
        if (this.#has_only && !isOnly(step)) continue;
        await t.step(this.#stepDefinition(step, shared));
      }
    } finally {
      for (const hook of this.#hooks.afterAll) await hook.call(shared);
    }
  }

  #markOnly(): void {
    this.#has_only = true;
    if (this.parent) this.parent.#markOnly();
  }

  #stepDefinition(step: Step, shared: Shared): Deno.TestStepDefinition {
    const definition = step instanceof Suite ? step.definition : step;
    return {
      name: definition.name,
      ignore: definition.ignore,
      sanitizeExit: definition.sanitizeExit,
      sanitizeOps: definition.sanitizeOps,
      sanitizeResources: definition.sanitizeResources,
      fn: async (t) => {
        if (definition.permissions) {
          throw new Error("permissions option not available for nested tests");
        }
        // Each step writes to an object of its own and reads what its suite shares through it.
        const own = Object.create(shared);
        if (step instanceof Suite) await step.run(t, own);
        else await this.#runTest(step, t, own);
      },
    };
  }

  /** The outermost suite's `beforeEach` comes first, its `afterEach` last. */
  async #runTest(test: ItDefinition<Shared>, t: Deno.TestContext, shared: Shared): Promise<void> {
    for (const suite of this.#lineage()) {
      for (const hook of suite.#hooks.beforeEach) await hook.call(shared);
    }
    try {
      await test.fn.call(shared, t);
    } finally {
      for (const suite of this.#lineage().reverse()) {
        for (const hook of suite.#hooks.afterEach) await hook.call(shared);
      }
    }
  }

  /** This suite and those around it, the outermost first. */
  #lineage(): Suite[] {
    return this.parent ? [...this.parent.#lineage(), this] : [this];
  }
}

function isOnly(step: Step): boolean {
  return step.only === true;
}
