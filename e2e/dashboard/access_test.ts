/** What pages of other sites may read, in a real browser. Needs Chromium. */
import { assertEquals } from "@std/assert";
import { fabricSample, FakeSource, serveSnapshot, startMetricsServer } from "../harness/mod.ts";
import { newToken } from "../../metrics_server/mod.ts";
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

Deno.test(
  "The dashboard works with a token as the password of basic authentication (needs Chromium)",
  IN_BROWSER,
  async () => {
    const folder = await Deno.makeTempDir();
    await Deno.mkdir(`${folder}/secrets`);
    try {
      const { line, token } = await newToken("browser");
      await Deno.writeTextFile(`${folder}/secrets/tokens`, line);
      await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
      const env = { BIND_HOST: "127.0.0.1", PORT: 0, AUTH_TOKENS_FILE: "secrets/tokens" };
      await using server = await startMetricsServer(source.url, env, folder);
      await server.log.wait("poll.run");
      const credentials = { username: "anyone", password: token };
      await using opened = await openPage(server.url, { credentials });
      await opened.until(`document.querySelector('#table-body tr[data-place="0"]') !== null`);
      await opened.until(`document.querySelector("#sources li") !== null`);
      assertEquals(opened.problems, []);
      const statuses = server.log.all("http.access").map(({ endpoint, status }) =>
        `${endpoint} ${status}`
      );
      // Only the first request asks; the others, of the page and its worker, have the token.
      assertEquals(statuses.filter((one) => one.endsWith(" 401")).length <= 1, true, `${statuses}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
