/** The systemd unit, checked against the task it runs and, if there is one, by systemd itself. */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import deno_json from "../deno.json" with { type: "json" };
import { METRICS_SERVER_SPEC, readMetricsServerConfig } from "../metrics_server/mod.ts";
import { canRun, runProcess, taskCommand } from "../tools/processes/mod.ts";
import { STOP_MS_MAX } from "./testing/container.ts";
import { readProject, readText } from "./testing/project.ts";

const UNIT = readText("deploy/systemd/fabric-metrics.service");
const { compose } = readProject();

/** metrics_server without a source. */
const PROCESS_BYTES = 100e6;

const STATE = "/var/lib/fabric-telemetry";

/** Exposure that `systemd-analyze security` calls OK is below 5; lower is better. */
const EXPOSURE_MAX = 2;

/** Values of a key, in order. */
function values(key: string): string[] {
  return [...UNIT.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, value]) => value);
}

Deno.test("the unit runs the words of deno task metrics, with systemd's state directory", () => {
  const [program, ...words] = values("ExecStart")[0].split(" ");
  assertMatch(program, /^\/\S+\/deno$/);
  const { args } = taskCommand(deno_json.tasks.metrics);
  assertEquals(words, args.map((word) => word.replace(/(?<=[=,])state$/, STATE)));
  assertEquals(values("StateDirectory"), [STATE.split("/").at(-1)]);
});

Deno.test("the unit sets only known variables, and stores snapshots in the state directory", () => {
  const set = values("Environment").flatMap((line) => line.split(" ")).map((pair) =>
    pair.split("=")
  );
  const known = [...Object.keys(METRICS_SERVER_SPEC), "DENO_DIR"];
  assertEquals(set.filter(([name]) => !known.includes(name)), []);
  assertEquals(Object.fromEntries(set).SNAPSHOT_STORE, `file:${STATE}`);
});

Deno.test("the unit leaves time to stop, and is not restarted for a wrong setting", () => {
  assert(Number(values("TimeoutStopSec")[0]) * 1_000 >= STOP_MS_MAX);
  assertEquals(values("RestartPreventExitStatus"), ["78"]);
});

Deno.test("the memory limit equals Compose's, and leaves a fifth beside the largest bodies", () => {
  const limit_mib = Number(/^(\d+)M$/.exec(values("MemoryMax")[0])![1]);
  assertEquals(compose["metrics-server"].mem_limit, `${limit_mib}m`);
  const { UPSTREAM_MAX_BYTES: bytes, UPSTREAM_MAX_CELLS: cells } =
    readMetricsServerConfig({}).config;
  // A snapshot in progress, the current one, an older one, and the body that rates count from. The
  // ids are a part of the body. Of three lists as JSON, one is being written.
  const snapshots = 4 * (bytes + cells * 4) + 3 * bytes * 0.6 + 3 * bytes * 2.25;
  assertLess((PROCESS_BYTES + snapshots) / (limit_mib * 1024 ** 2), 0.8);
});

Deno.test("the unit has no root, no capabilities and a read-only system", () => {
  const expected = {
    DynamicUser: "yes",
    NoNewPrivileges: "yes",
    CapabilityBoundingSet: "",
    ProtectSystem: "strict",
    ProtectHome: "yes",
    PrivateDevices: "yes",
    PrivateTmp: "yes",
    RestrictNamespaces: "yes",
    SystemCallArchitectures: "native",
  };
  for (const [key, value] of Object.entries(expected)) assertEquals(values(key), [value], key);
  assertEquals(values("SystemCallFilter"), ["@system-service", "~@privileged"]);
});

Deno.test({
  name: "systemd-analyze accepts the unit and rates its exposure as low (needs systemd-analyze)",
  ignore: !canRun(["systemd-analyze", "--version"]),
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/fabric-metrics.service`;
      await Deno.writeTextFile(path, UNIT.replace("/usr/local/bin/deno", Deno.execPath()));
      const verified = await runProcess(["systemd-analyze", "verify", path]);
      assertEquals([verified.code, verified.stderr], [0, ""]);
      const rated = await runProcess(["systemd-analyze", "security", "--offline=true", path]);
      const [, exposure] = /exposure level for \S+: ([\d.]+)/.exec(rated.stdout)!;
      assertLess(Number(exposure), EXPOSURE_MAX);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
