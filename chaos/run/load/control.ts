/** Starts the control, the bare server that gets the subject's load beside it. */
import { freePort } from "../../../tools/processes/mod.ts";
import { ManagedProcess, type ProcessOptions } from "../../subject/mod.ts";

const PROGRAM = decodeURIComponent(new URL("control_main.ts", import.meta.url).pathname);

/** Starts the control; returns once it answers. */
export async function startControl(options: ProcessOptions): Promise<ManagedProcess> {
  const port = freePort();
  return await ManagedProcess.start({
    name: "control",
    command: [Deno.execPath(), "run", "--no-prompt", "--allow-net=127.0.0.1", PROGRAM, `${port}`],
    env: {},
    port,
    ready_path: "/",
  }, options);
}
