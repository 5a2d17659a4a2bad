/** Draws random timelines, runs them, shrinks the broken ones, and counts what was tried. Pure. */
export * from "./as_scenario.ts";
export * from "./coverage.ts";
export * from "./draw.ts";
export * from "./explore.ts";
export * from "./ledger.ts";
export * from "./timeline.ts";
export * from "./weaken.ts";
