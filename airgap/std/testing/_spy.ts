/** Functions that record their calls, and the recording itself. */

/** One call of a spy. What the call did not have is not there: `self`, `returned`, `error`. */
// What is spied on may take and return anything.
// deno-lint-ignore no-explicit-any
export interface SpyCall<Self = any, Args extends unknown[] = any[], Return = any> {
  args: Args;
  returned?: Return;
  /** What the function threw. */
  error?: Error;
  /** The object the method was called on. */
  self?: Self;
}

/** A function that records its calls. */
// deno-lint-ignore no-explicit-any
export interface Spy<Self = any, Args extends unknown[] = any[], Return = any> {
  (this: Self, ...args: Args): Return;
  /** What was there before. */
  original: (this: Self, ...args: Args) => Return;
  /** The calls so far, the oldest first. */
  calls: SpyCall<Self, Args, Return>[];
  /** Whether a method is itself again. */
  restored: boolean;
  /** Makes a method itself again. */
  restore(): void;
}

/** A method that records its calls; `using` restores it at the end of the block. */
// deno-lint-ignore no-explicit-any
export interface MethodSpy<Self = any, Args extends unknown[] = any[], Return = any>
  extends Spy<Self, Args, Return>, Disposable {}

/** A method with another function in its place. */
// deno-lint-ignore no-explicit-any
export interface Stub<Self = any, Args extends unknown[] = any[], Return = any>
  extends MethodSpy<Self, Args, Return> {
  /** The function in its place. */
  fake: (this: Self, ...args: Args) => Return;
}

/** A class that records how its objects are made. */
// deno-lint-ignore no-explicit-any
export interface ConstructorSpy<Self = any, Args extends unknown[] = any[]> {
  new (...args: Args): Self;
  original: new (...args: Args) => Self;
  calls: SpyCall<Self, Args, Self>[];
  restored: boolean;
  restore(): void;
}

/** Anything that records calls. */
// deno-lint-ignore no-explicit-any
export type SpyLike<Self = any, Args extends unknown[] = any[], Return = any> =
  | Spy<Self, Args, Return>
  | ConstructorSpy<Self, Args>;

/** Arguments of a method. */
export type GetParametersFromProp<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: infer Args) => unknown ? Args : unknown[];

/** What a method returns. */
export type GetReturnFromProp<Self, Prop extends keyof Self> = Self[Prop] extends // deno-lint-ignore no-explicit-any
(...args: any[]) => infer Return ? Return
  : unknown;

/** Thrown where something cannot be spied on, replaced or restored, or is called too often. */
export class MockError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MockError";
  }
}

// deno-lint-ignore no-explicit-any
type AnyFunction = (this: any, ...args: any[]) => any;

/** Whether a value records its calls already. */
export function isSpy(value: unknown): boolean {
  return typeof value === "function" && Array.isArray((value as unknown as Spy).calls) &&
    typeof (value as unknown as Spy).restore === "function";
}

/** A function named `name` that calls `fn` and records it. It belongs to no object to restore. */
export function recording(name: string, fn: AnyFunction): Spy {
  const calls: SpyCall[] = [];
  const spied = function (this: unknown, ...args: unknown[]): unknown {
    const call: SpyCall = { args };
    if (this !== undefined) call.self = this;
    calls.push(call);
    return recordOutcome(call, () => fn.apply(this, args));
  };
  return asSpy(spied, name, { original: fn, calls, restore: refuseRestore("function") });
}

/** A class that makes objects as `Original` does and records it. */
export function recordingClass(
  // deno-lint-ignore no-explicit-any
  Original: new (...args: any[]) => object,
): ConstructorSpy {
  const calls: SpyCall[] = [];
  // A proxy keeps everything else of the class: statics, name, `instanceof`.
  const spied: object = new Proxy(class extends Original {}, {
    construct(target, args, new_target) {
      const call: SpyCall = { args };
      calls.push(call);
      return recordOutcome(call, () => Reflect.construct(target, args, new_target));
    },
  });
  const parts = { original: Original, calls, restore: refuseRestore("constructor") };
  return asSpy(spied, Original.name, parts);
}

function recordOutcome<Return>(call: SpyCall, run: () => Return): Return {
  try {
    call.returned = run();
    return call.returned;
  } catch (error) {
    call.error = error as Error;
    throw error;
  }
}

function refuseRestore(what: string): () => void {
  return () => {
    throw new MockError(`Cannot restore: ${what} cannot be restored`);
  };
}

/** Gives a function what makes it a spy, as properties that cannot be changed by accident. */
function asSpy<Kind>(
  spied: object,
  name: string,
  parts: { original: unknown; calls: SpyCall[]; restore: () => void },
): Kind {
  return Object.defineProperties(spied, {
    name: { value: name, configurable: true },
    original: { value: parts.original, enumerable: true, configurable: true },
    calls: { value: parts.calls, enumerable: true },
    restored: { value: false, enumerable: true, configurable: true },
    restore: { value: parts.restore, enumerable: true, configurable: true },
  }) as Kind;
}
