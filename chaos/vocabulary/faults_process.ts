/** Processes that go away and come back. */
import { oneOf } from "./bounds.ts";
import { type FaultValue, faultValue } from "./fault_value.ts";

/** Processes a fault may end. */
export const PROCESSES = ["data_server", "subject"] as const;
/** Signals it may send. */
export const SIGNALS = ["SIGKILL", "SIGTERM"] as const;

/** Ends a process; lifted, it is started again on the same port. */
export function kill(
  process: typeof PROCESSES[number],
  values: { signal?: typeof SIGNALS[number] } = {},
): FaultValue {
  return faultValue(() => {
    const kind = "process.kill";
    const params = {
      process: oneOf(kind, "process", process, PROCESSES),
      signal: oneOf(kind, "signal", values.signal ?? "SIGKILL", SIGNALS),
    };
    return {
      kind,
      layer: "process",
      hop: null,
      params,
      text: `ends ${params.process} by ${params.signal}`,
      inverse: `starts ${params.process} again`,
    };
  });
}

/** Ends source and subject together; lifted, both are started again. */
export function restartBoth(): FaultValue {
  return faultValue(() => ({
    kind: "process.restart_both",
    layer: "process",
    hop: null,
    params: {},
    text: "ends data_server and the subject",
    inverse: "starts both again",
  }));
}
