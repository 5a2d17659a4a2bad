/** From samples to verdicts, and what has to be known of the machine to believe them. */
export { disturbanceNote, disturbed, startForeignLoad } from "./foreign_load.ts";
export * from "./limits.ts";
export { describeMachine, type Machine, machineLine } from "./machine.ts";
export { takePasses } from "./passes.ts";
export { readMainThreadCpuMs, readMemory } from "./proc.ts";
export { median, quartiles, ratios, spread } from "./statistics.ts";
export { checkTable, conclusion, doubtLines, percent, table, wholeNumber } from "./table.ts";
export { type Check, exitCode, judge, type Verdict } from "./verdict.ts";
export { escapeXml, type JUnitCase, junitXml } from "./junit.js";
export { mulberry32 } from "./prng.ts";
export {
  firstValue,
  type NotYet,
  pause,
  until,
  WAIT_MS_MAX,
  type WaitOptions,
  within,
} from "./waiting.ts";
