/** The vocabulary of scenarios. Pure: a scenario becomes a plan, which is plain data. */
export * from "./bounds.ts";
export * from "./conditions.ts";
export { type FaultContext, FaultError, type FaultFor, type FaultValue } from "./fault_value.ts";
export * from "./drawing.ts";
export { argumentsOf, effectsOf, FAULT_KINDS, kindOf, makeFault } from "./fault_kinds.ts";
export * from "./faults_host.ts";
export * from "./faults_http.ts";
export * from "./faults_tcp.ts";
export * from "./plan.ts";
export * from "./random.ts";
export { isRemoved } from "./removed_rows.ts";
export * from "./scenario.ts";
export { type At, at, baseline, recover } from "./timeline.ts";
