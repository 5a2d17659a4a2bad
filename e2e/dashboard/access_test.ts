/** What pages of other sites may read, in a real browser. Needs Chromium. */
import { assertEquals } from "@std/assert";
import { fabricSample, FakeSource, serveSnapshot, startMetricsServer } from "../harness/mod.ts";
import { IN_BROWSER, openPage } from "./browser.ts";

/** An attacker's site. DNS rebinding needs the service's port, too. */
const SITE = "site.example";

/** Statuses of a page's own requests, which the browser sends with the page's name as Host. */
const READ = `Promise.all(["/telemetry/ListMetrics", "/stats", "/metrics", "/", "/openapi.json"]
  .map(async (path) => (await fetch(path)).status))`;

for (
  const [env, statuses] of [
    [{}, [421, 421, 421, 421, 421]],
    // Shows that the name does resolve to the service.
    [{ ALLOWED_HOSTS: SITE }, [200, 200, 200, 200, 200]],
  ] as const
) {
  Deno.test(
    `A page whose name resolves to the service gets ${statuses[0]} (needs Chromium)`,
    IN_BROWSER,
    async () => {
      await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
      await using server = await startMetricsServer(source.url, env);
      await server.log.wait("poll.run");
      const rules = `--host-resolver-rules=MAP ${SITE} 127.0.0.1`;
      const { port } = new URL(server.url);
      await using opened = await openPage(`http://${SITE}:${port}/healthz`, { args: [rules] });
      assertEquals(await opened.evaluate(READ), statuses);
    },
  );
}
