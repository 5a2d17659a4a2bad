import { assert, assertEquals } from "@std/assert";
import { runProcess } from "../../tools/processes/mod.ts";
import { onPath, startFront, withServers } from "./replica_services.ts";

const CONFIG = await Deno.readTextFile("deploy/haproxy/haproxy.cfg");

function serversOf(config: string): string[] {
  return [...config.matchAll(/^ +server \S+ (\S+)/gm)].map(([, address]) => address);
}

Deno.test("withServers replaces the deployed servers and the path of their check, nothing else", () => {
  const ports = [7001, 7002, 7003, 7004];
  const ours = withServers(CONFIG, ports, "/readyz");
  assertEquals(serversOf(ours), ports.map((port) => `127.0.0.1:${port}`));
  const others = (config: string) => config.replace(/^ +server .*\n/gm, "");
  assertEquals(others(ours), others(CONFIG));
  assert(withServers(CONFIG, ports, "/ready?a=$&").includes("uri /ready?a=$& ver"));
});

Deno.test({
  name: "the front answers at once, and from a subject once one is ready",
  ignore: !onPath("haproxy"),
  async fn() {
    const dir = await Deno.makeTempDir();
    try {
      await using subject = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => new Response("data"),
      );
      await using front = await startFront({ ports: [1, subject.addr.port], ready: "/ready", dir });
      const answer = await fetch(`${front.url}/telemetry/GetMetric`);
      assertEquals([answer.status, await answer.text()], [200, "data"]);
      const check = await runProcess(["haproxy", "-c", "-f", `${dir}/haproxy.cfg`]);
      assertEquals(check.code, 0, check.stderr);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
