/** Assertions for tests: each throws an `AssertionError` with the expectation as its message. */
export * from "./conditions.ts";
export * from "./equality.ts";
export * from "./errors.ts";
