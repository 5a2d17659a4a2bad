/** HTTPS of a running service: HTTP/1.1 and HTTP/2, and a certificate that is renewed. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  certificateAuthority,
  fabricSample,
  FakeSource,
  HAS_OPENSSL,
  inTurn,
  runToEnd,
  serveSnapshot,
  startMetricsServer,
  until,
} from "../harness/mod.ts";

const VALUE = "/telemetry/GetMetric?switch_id=sw-000&metric=latency_us";

for (const SERVE_THREADS of [1, 2]) {
  Deno.test({
    name:
      `HTTPS is served, and a certificate renewed without a restart (threads: ${SERVE_THREADS})`,
    ignore: !HAS_OPENSSL || Deno.build.os !== "linux",
    async fn(t) {
      const folder = await Deno.makeTempDir();
      await Deno.mkdir(`${folder}/secrets`);
      const [first, second] = [
        await certificateAuthority(folder, "first"),
        await certificateAuthority(folder, "second"),
      ];
      const use = async (authority: typeof first) => {
        const { cert, key } = await authority.issue("site");
        await Deno.copyFile(cert, `${folder}/secrets/site.crt`);
        await Deno.copyFile(key, `${folder}/secrets/site.key`);
      };
      await use(first);
      await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
      await using server = await startMetricsServer(source.url, {
        BIND_HOST: "127.0.0.1",
        PORT: 0,
        SERVE_THREADS,
        TLS_CERT_FILE: "secrets/site.crt",
        TLS_KEY_FILE: "secrets/site.key",
      }, folder);
      await server.log.wait("poll.run");
      const origin = `https://localhost:${server.port}`;
      const clientOf = async (authority: typeof first, http2: boolean) =>
        Deno.createHttpClient({
          caCerts: [await Deno.readTextFile(authority.cert)],
          http1: !http2,
          http2,
        });
      const statusOf = async (client: Deno.HttpClient, path = VALUE) => {
        const response = await fetch(`${origin}${path}`, { client });
        await response.body?.cancel();
        return response.status;
      };
      /** Over a new connection; false for a certificate of the other authority. */
      const isTrusted = async (authority: typeof first) => {
        using client = await clientOf(authority, false);
        return await statusOf(client).then((status) => status === 200, () => false);
      };

      await inTurn(t, {
        "the log has the URL, and answers come by HTTP/1.1 and HTTP/2": async () => {
          const { url } = await server.log.wait("startup");
          assertEquals(url, `https://127.0.0.1:${server.port}`);
          for (const http2 of [false, true]) {
            using client = await clientOf(first, http2);
            for (const path of [VALUE, "/telemetry/ListMetrics", "/stats", "/", "/readyz"]) {
              assertEquals([http2, path, await statusOf(client, path)], [http2, path, 200]);
            }
            assertEquals(await statusOf(client, "/none"), 404);
          }
        },
        "a renewed certificate is seen by new connections, and streams go on": async () => {
          using client = await clientOf(first, false);
          const stream = await fetch(`${origin}/telemetry/stream`, { client });
          const reader = stream.body!.getReader();
          await reader.read();
          await use(second);
          const { detail, level } = await server.log.wait("access.reload");
          assertEquals([level, detail], ["INFO", "TLS_CERT_FILE, TLS_KEY_FILE read again"]);
          await until("every thread to show the second certificate", async () => {
            for (let connection = 0; connection < 8; connection++) {
              if (!await isTrusted(second)) return false;
            }
            return true;
          });
          assertEquals(await isTrusted(first), false);
          const next = reader.read();
          const state = await Promise.race([next.then(() => "ended"), Promise.resolve("open")]);
          assertEquals(state, "open");
          await reader.cancel();
        },
        "a certificate without its key leaves the one before": async () => {
          await Deno.writeTextFile(`${folder}/secrets/site.key`, "broken\n");
          const { detail } = await server.log.wait(
            "access.reload",
            ({ level }) => level === "WARN",
          );
          assertMatch(
            String(detail),
            /^file secrets\/site\.crt of TLS_CERT_FILE, .* TLS_KEY_FILE: /,
          );
          assertEquals(await isTrusted(second), true);
        },
      });
      const all = JSON.stringify(server.log.events);
      assertEquals(all.includes("PRIVATE KEY"), false);
      await Deno.remove(folder, { recursive: true });
    },
  });
}

Deno.test("A certificate for clients without its key stops the start", async () => {
  const { code, stderr } = await runToEnd("metrics_server", { TLS_CERT_FILE: "secrets/c" });
  assertEquals([code, stderr], [78, "TLS_CERT_FILE and TLS_KEY_FILE: set both, or neither\n"]);
});
