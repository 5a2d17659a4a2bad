/** Dead man's switch: lifts faults and ends processes if the lab dies. */
export { type Guard, MARK_VARIABLE, startGuard } from "./guard.ts";
export {
  environmentOf,
  identify,
  isRunning,
  pids,
  processesMarked,
  type ProcessIdentity,
  readStat,
} from "./processes.ts";
