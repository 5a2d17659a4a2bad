/** Sources that want a certificate and a token, as a real HAProxy checks them. */
import { assertEquals, assertMatch } from "@std/assert";
import { startProcess } from "../../tools/processes/mod.ts";
import {
  type Certificate,
  certificateAuthority,
  fabricSample,
  FakeSource,
  freePort,
  getMetric,
  HAS_OPENSSL,
  hasProgram,
  inTurn,
  runToEnd,
  serveSnapshot,
  startMetricsServer,
  until,
} from "../harness/mod.ts";

const TOKEN = "t-0123456789";

/** HAProxy in front of a source: only clients of the authority with {@link TOKEN} pass. */
async function startGuard(source_port: number, folder: string, ca: string, own: Certificate) {
  const port = freePort();
  const pem = `${folder}/guard.pem`;
  await Deno.writeTextFile(
    pem,
    await Deno.readTextFile(own.cert) + await Deno.readTextFile(own.key),
  );
  const config = `${folder}/guard.cfg`;
  await Deno.writeTextFile(
    config,
    `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend guard
  bind 127.0.0.1:${port} ssl crt ${pem} ca-file ${ca} verify required
  http-request deny deny_status 401 unless { req.hdr(authorization) "Bearer ${TOKEN}" }
  default_backend source
backend source
  server source 127.0.0.1:${source_port}
`,
  );
  const guard = startProcess(["haproxy", "-f", config], { kill_with_parent: true });
  await until("HAProxy to listen", async () => {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  }, { retry_errors: true });
  return {
    url: `https://localhost:${port}/counters`,
    [Symbol.asyncDispose]: () => guard[Symbol.asyncDispose](),
  };
}

Deno.test({
  name: "A source may require a certificate and a token, and both are renewed without a restart",
  ignore: !HAS_OPENSSL || !hasProgram("haproxy", "-v"),
  async fn(t) {
    const folder = await Deno.makeTempDir();
    await Deno.mkdir(`${folder}/secrets`);
    const authority = await certificateAuthority(folder);
    const stranger = await (await certificateAuthority(folder, "other")).issue("stranger");
    const client = await authority.issue("client");
    const use = async ({ cert, key }: Certificate) => {
      await Deno.copyFile(cert, `${folder}/secrets/client.crt`);
      await Deno.copyFile(key, `${folder}/secrets/client.key`);
    };
    await Deno.copyFile(authority.cert, `${folder}/secrets/ca.crt`);
    await Deno.writeTextFile(`${folder}/secrets/token`, "wrong\n");
    await use(stranger);

    await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
    const own = await authority.issue("guard");
    await using guard = await startGuard(source.port, folder, authority.cert, own);
    await using server = await startMetricsServer(guard.url, {
      BIND_HOST: "127.0.0.1",
      PORT: 0,
      POLL_MS: 100,
      BACKOFF_MAX_MS: 200,
      UPSTREAM_CA_FILE: "secrets/ca.crt",
      UPSTREAM_CERT_FILE: "secrets/client.crt",
      UPSTREAM_KEY_FILE: "secrets/client.key",
      UPSTREAM_TOKEN_FILE: "secrets/token",
    }, folder);
    const failed = (cause: string) =>
      server.log.wait("poll.error", (event) => event.cause === cause);
    await inTurn(t, {
      "a certificate of another authority is refused": async () => {
        assertEquals((await failed("tls")).source, guard.url);
        assertEquals(source.requests.length, 0);
      },
      "with its own certificate and a wrong token, the source answers 401": async () => {
        await use(client);
        await server.log.wait("access.reload");
        assertMatch(String((await failed("http_4xx")).detail), /401/);
      },
      "with both, its data is served": async () => {
        await Deno.writeTextFile(`${folder}/secrets/token`, `${TOKEN}\n`);
        await server.log.wait("poll.run");
        assertEquals((await getMetric(server, "sw-000", "latency_us")).status, 200);
      },
      "files that cannot be used leave those before": async () => {
        await Deno.writeTextFile(`${folder}/secrets/ca.crt`, "broken\n");
        const { detail } = await server.log.wait("access.reload", ({ level }) => level === "WARN");
        assertMatch(
          String(detail),
          /^file secrets\/ca\.crt of UPSTREAM_CA_FILE, .*: has no PEM CERTIFICATE$/,
        );
        const before = source.requests.length;
        await until("more polls", () => source.requests.length > before);
      },
    });
    const all = JSON.stringify(server.log.events);
    assertEquals(all.includes(TOKEN) || all.includes("PRIVATE KEY"), false);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("A certificate for sources without its key stops the start", async () => {
  const { code, stderr } = await runToEnd("metrics_server", { UPSTREAM_CERT_FILE: "secrets/c" });
  assertEquals([code, stderr], [
    78,
    "UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE: set both, or neither\n",
  ]);
});
