/** The lab's HTTP fault proxy: how it is started as a process, and told what to spoil. */
export { HttpFaultsClient } from "./client.ts";
export type { CountersAnswer, FaultAnswer } from "./control_api.ts";
export { HTTP_FAULT_KINDS, readFault } from "./fault_kinds.ts";
export { FALL_OFF_SLACK_MS } from "./limits.ts";
