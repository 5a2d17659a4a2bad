/**
 * A lab in the middle of a run, for tests that kill it: it puts on a fault of each layer, prints
 * what it has started, and waits. ENGINE is `real`, `embedded`, or the URL of a running Toxiproxy.
 *
 *     deno run --allow-all chaos/guard/testing/small_lab.ts REPORT_FILE ENGINE
 */
import { freePort } from "../../../tools/processes/mod.ts";
import { startHttpActuator } from "../../actuators/http.ts";
import { resourceActuator } from "../../actuators/resource.ts";
import { startTcpActuator } from "../../actuators/tcp.ts";
import { ManagedProcess } from "../../subject/mod.ts";
import { cpu, type FaultContext, hang, status } from "../../vocabulary/mod.ts";
import { startGuard } from "../mod.ts";

const [report_path, engine] = Deno.args;
const NO_CONTEXT = {} as FaultContext;
const FAULT_MS = 60_000;

const guard = await startGuard({ report_path });
const http = await startHttpActuator({ upstream: `127.0.0.1:${freePort()}`, seed: 1, guard });
await http.apply("1", status({ status: 500 }).make(NO_CONTEXT), FAULT_MS);
const tcp = await startTcpActuator({
  ...(engine.startsWith("http")
    ? { engine: "real" as const, real: { kind: "running" as const, url: engine } }
    : { engine: engine as "real" | "embedded" }),
  hops: [{ hop: "source", upstream: http.listen }],
  seed: 1,
  guard,
});
await tcp.apply("2", hang("source").make(NO_CONTEXT), FAULT_MS);
const resource = resourceActuator({ target: http.listen, guard });
await resource.apply("3", cpu({ workers: 1, share: 0.05 }).make(NO_CONTEXT), FAULT_MS);
// Ignores SIGTERM, like its children.
const stubborn = await ManagedProcess.start({
  name: "stubborn",
  command: ["sh", "-c", "trap '' TERM; sleep 60 & sleep 60 & wait"],
  env: {},
  port: null,
  ready_path: "/",
}, { guard });
const frozen = await ManagedProcess.start({
  name: "frozen",
  command: ["sleep", "60"],
  env: {},
  port: null,
  ready_path: "/",
}, { guard });
frozen.freeze();
// Not registered: the guard finds it by its mark only.
const unregistered = new Deno.Command("sleep", {
  args: ["60"],
  env: { ...guard.env },
  detached: true,
})
  .spawn();

const folder = await Deno.makeTempDir();
await Deno.writeTextFile(`${folder}/samples`, "1");
await guard.watchFolder(folder);

const started = JSON.stringify({
  folder,
  guard: guard.pid,
  processes: [http.process.pid, stubborn.pid, frozen.pid, unregistered.pid],
  listens: [http.listen, tcp.listen("source")],
});
await Deno.stdout.write(new TextEncoder().encode(started + "\n"));
await new Promise(() => setInterval(() => {}, 1000));
