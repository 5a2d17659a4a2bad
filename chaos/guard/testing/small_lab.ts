/**
 * A lab in the middle of a run, for tests that kill it: prints what it has started, then waits.
 *
 *     deno run --allow-all chaos/guard/testing/small_lab.ts REPORT_FILE FOREIGN_API
 */
import { startHttpActuator } from "../../actuators/http.ts";
import { resourceActuator } from "../../actuators/resource.ts";
import { ManagedProcess } from "../../subject/mod.ts";
import { status } from "../../vocabulary/faults_http.ts";
import { cpu } from "../../vocabulary/faults_resource.ts";
import type { FaultContext } from "../../vocabulary/fault_value.ts";
import { startGuard } from "../mod.ts";

const [report_path, foreign_api] = Deno.args;
const NO_CONTEXT = {} as FaultContext;

const guard = await startGuard({ report_path });
await guard.watchProxy({ api: foreign_api, before: {}, prefix: "chaos-" });
const http = await startHttpActuator({ upstream: "127.0.0.1:1", seed: 1, guard });
await http.apply("1-http.status", status({ status: 500 }).make(NO_CONTEXT), 60_000);
const resource = resourceActuator({ target: "127.0.0.1:1", guard });
const starved = ManagedProcess.start({
  name: "stubborn",
  command: ["sh", "-c", "trap '' TERM; sleep 60 & sleep 60 & wait; wait; wait; wait"],
  env: {},
  port: null,
  ready_path: "/",
}, { guard });
await resource.apply(
  "2-resource.cpu",
  cpu({ workers: 1, share: 0.05 }).make(NO_CONTEXT),
  60_000,
);
// Started, but the lab was killed before it could tell: the mark alone leads to it.
const untold = new Deno.Command("sleep", { args: ["60"], env: { ...guard.env }, detached: true })
  .spawn();

const told = JSON.stringify({
  guard: guard.pid,
  processes: [http.process.pid, (await starved).pid, untold.pid],
  proxy: http.listen,
});
await Deno.stdout.write(new TextEncoder().encode(told + "\n"));
await new Promise(() => setInterval(() => {}, 1000));
