/** Timelines that nobody thought of: drawn, run, made small, and counted. Pure but for the runs. */
export * from "./timeline.ts";
export { type DrawOptions, drawTimeline } from "./draw.ts";
export { smallerTimelines } from "./weaken.ts";
