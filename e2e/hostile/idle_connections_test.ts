import { assertEquals, assertGreater } from "@std/assert";
import { freePort } from "../../tools/processes/mod.ts";
import { until, within } from "../../tools/verdict/mod.ts";
import {
  fabricSample,
  FakeSource,
  request,
  serveSnapshot,
  startMetricsServer,
} from "../harness/mod.ts";

/** File descriptors of the process, some 40 of which it needs itself. */
const DESCRIPTORS = 256;

/** Rounds of four probes at once: kubelet, load balancer, monitoring and an operator. */
const ROUNDS = 10;

Deno.test("HEALTH_PORT answers while idle clients hold every descriptor of PORT", async () => {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  const health_port = freePort();
  await using server = await startMetricsServer(source.url, { HEALTH_PORT: health_port });
  await server.log.wait("poll.run");
  await limitDescriptors(server.pid);
  const idle: Deno.TcpConn[] = [];
  try {
    for (let n = 0; n < 2 * DESCRIPTORS; n++) {
      await Deno.connect({ port: server.port }).then((conn) => idle.push(conn), () => {});
    }
    assertGreater(idle.length, DESCRIPTORS / 2);
    await server.log.wait("http.error");
    for (let round = 0; round < ROUNDS; round++) {
      const probes = ["/healthz", "/readyz", "/healthz", "/readyz"].map((path) =>
        within(path, request({ port: health_port }, path))
      );
      const statuses = (await Promise.all(probes)).map(({ status }) => status);
      assertEquals(statuses, [200, 200, 200, 200], `round ${round}`);
    }
    assertEquals((await request({ port: health_port }, "/stats")).status, 404);
  } finally {
    for (const conn of idle) conn.close();
  }
  const status = await until("PORT to answer again", async () => {
    const answer = await request(server, "/readyz").catch(() => null);
    return answer?.status;
  });
  assertEquals(status, 200);
});

async function limitDescriptors(pid: number): Promise<void> {
  const args = ["--pid", `${pid}`, `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`];
  assertEquals((await new Deno.Command("prlimit", { args }).output()).code, 0);
}
