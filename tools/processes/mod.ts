/** Starts child processes, reads their output, and always ends them. Finds free ports. */
export { EventLog, type LoggedEvent } from "./event_log.ts";
export { becomesFree, freePort, listenOnFreePort } from "./free_port.ts";
export { OutputMeter, type OutputStream, readLines, readWholeLines } from "./lines.ts";
export {
  canRun,
  RunningProcess,
  runProcess,
  type StartOptions,
  startProcess,
  STDERR_LINES_MAX,
  STOP_MS_MAX,
} from "./start_process.ts";
export { REDIS_PROGRAMS, redisProgram, redisServer } from "./redis.ts";
export { documentedVariables, flagList, type Task, taskCommand, unset } from "./task_command.ts";
