/** Dead man's switch of the lab: lifts faults and ends processes when the lab is gone. */
export { type Guard, type GuardOptions, MARK_VARIABLE, startGuard } from "./guard.ts";
export { identify, isRunning, processesMarked, type ProcessIdentity } from "./processes.ts";
export type { WatchedProxy } from "./protocol.ts";
