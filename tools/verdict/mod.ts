/**
 * From samples to verdicts: holds, broken or inconclusive.
 *
 * Also the tools around a measurement: passes on a busy machine, process figures, report tables,
 * JUnit, seeded random numbers, waiting with a deadline, and shrinking of failing inputs.
 */
export { escapeXml, type JUnitCase, junitXml } from "./junit.js";
export { describeMachine, type Machine, machineLine } from "./machine.ts";
export { calmClock, countSockets, readCpuMs, readMainThreadCpuMs, readMemory } from "./machine.ts";
export { disturbanceNote, disturbed, ROUNDS_MIN, startForeignLoad, takePasses } from "./passes.ts";
export { mulberry32 } from "./prng.ts";
export { shrink, type ShrinkOptions, type Shrunk } from "./shrink.ts";
export { floors, judgeSlope, type Point, type Slope, slopeOf } from "./slope.ts";
export { checkTable, conclusion, doubtLines, percent, table, wholeNumber } from "./table.ts";
export { type Check, type Claim, exitCode, judge, type Verdict } from "./verdict.ts";
export { median, quartiles, ratios, spread } from "./verdict.ts";
export { firstValue, pause, until, WAIT_MS_MAX, within } from "./waiting.ts";
