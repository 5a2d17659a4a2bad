/** A UFM Telemetry sample in a file, served by Python. */
import { assert, assertEquals } from "@std/assert";
import { canRun, startProcess } from "../tools/processes/mod.ts";
import {
  getMetric,
  listMetrics,
  Service,
  startMetricsServer,
  stats,
  until,
  within,
} from "./harness/mod.ts";

const TESTDATA = `${import.meta.dirname}/testdata/`;

/** `timestamp` of all rows except the down port's, in epoch microseconds. */
const ROWS_TAKEN_US = 1_764_000_000_000_000;

/** `timestamp` of port 3 of the first switch, which is down. */
const DOWN_SINCE_US = 1_763_990_000_125_000;

const SWITCH = "0x248a070300e50c30";

/** `python3 -m http.server` on a free port. */
async function servePython(folder: string): Promise<AsyncDisposable & { url: string }> {
  const child = startProcess(
    ["python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder],
    { stdout: "piped" },
  );
  const reader = child.stdout.getReader();
  const { value } = await within("python3 to listen", reader.read());
  const port = /port (\d+)/.exec(new TextDecoder().decode(value))?.[1];
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await child.stop();
      await reader.cancel();
    },
  };
}

async function assertServed(server: Service): Promise<void> {
  const value = async (switch_id: string, metric: string) => {
    const { status, text } = await getMetric(server, switch_id, metric);
    return status === 200 ? /"value":(.*?),"snapshot_id"/.exec(text)![1] : status;
  };
  assertEquals(await value(`${SWITCH}:1`, "PortXmitDataExtended"), "9007199254740993");
  assertEquals(await value(`${SWITCH}:2`, "PortRcvDataExtended"), "18446744073709551615");
  assertEquals(await value(`${SWITCH}:1`, "Raw_BER"), "5.48295e-7");
  assertEquals(await value(`${SWITCH}:1`, "Link_speed_active"), '"NDR"');
  assertEquals(
    await value(`${SWITCH}:1`, "node_description"),
    '"MF0;leaf-01:MQM9700/U1, row \\"A\\""',
  );
  assertEquals(await value(`${SWITCH}:3`, "Raw_BER"), "null");
  assertEquals(await value(`${SWITCH}:3`, "Effective_BER"), "null");
  assertEquals(await value(`${SWITCH}:3`, "Link_speed_active"), "null");
  assertEquals(await value(`${SWITCH}:3`, "tag"), "null");
  assertEquals(await value(SWITCH, "Raw_BER"), 404);
}

Deno.test({
  name: "a static UFM sample from python3 is served with every row and digit",
  ignore: !canRun(["python3", "-c", "import http.server"]),
  async fn() {
    await using python = await servePython(TESTDATA);
    await using server = await startMetricsServer(`${python.url}/ufm_static.csv`);
    const { rows, bad_rows, repeated_ids } = await server.log.wait("poll.run");
    assertEquals([rows, bad_rows, repeated_ids], [6, 0, 0]);
    await assertServed(server);

    const { fields, items } = (await listMetrics(server)).json();
    assertEquals(fields.includes("node_guid") || fields.includes("port_num"), false);
    assertEquals(items.map(({ switch_id }: { switch_id: string }) => switch_id), [
      ...[1, 2, 3].map((port) => `${SWITCH}:${port}`),
      ...[1, 2, 3].map((port) => `0x248a070300e50c70:${port}`),
    ]);
    const before_ms = Date.now();
    const up = (await getMetric(server, `${SWITCH}:1`, "Raw_BER")).json();
    const down = (await getMetric(server, `${SWITCH}:3`, "PortXmitDataExtended")).json();
    const near = (age_ms: number, taken_us: number) => {
      const off_ms = age_ms - (before_ms - taken_us / 1000);
      assert(off_ms >= -6 && off_ms < 1000, `age ${age_ms} is ${off_ms} ms off`);
    };
    near(up.age_ms, ROWS_TAKEN_US);
    near(down.age_ms, DOWN_SINCE_US);
    near((await stats(server)).sources[0].age_ms!, ROWS_TAKEN_US);

    await until("polls of the unchanged file", async () => {
      const { not_modified, failures } = (await stats(server)).poller;
      assertEquals(failures, 0);
      return not_modified >= 2;
    });
  },
});
