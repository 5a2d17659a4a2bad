/** Tokens of a running service, from the command that makes one to the file that loses one. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  fabricSample,
  FakeSource,
  request,
  runToEnd,
  serveSnapshot,
  startMetricsServer,
  until,
} from "../harness/mod.ts";
import deno_json from "../../deno.json" with { type: "json" };
import { taskCommand } from "../../tools/processes/mod.ts";

const VALUE = "/telemetry/GetMetric?switch_id=sw-000&metric=latency_us";

/** A line for the file and its token, from `deno task metrics --new-token NAME`. */
async function newToken(name: string): Promise<{ line: string; token: string }> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...taskCommand(deno_json.tasks.metrics).args, "--new-token", name],
    cwd: new URL("../..", import.meta.url),
  }).output();
  const [line, token] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  return { line, token };
}

for (const SERVE_THREADS of [1, 2]) {
  Deno.test({
    name:
      `Tokens of the file alone may read, and changes need no restart (threads: ${SERVE_THREADS})`,
    ignore: SERVE_THREADS > 1 && Deno.build.os !== "linux",
    async fn() {
      const folder = await Deno.makeTempDir();
      await Deno.mkdir(`${folder}/secrets`);
      const write = (text: string) => Deno.writeTextFile(`${folder}/secrets/tokens`, text);
      try {
        const [first, second] = [await newToken("first"), await newToken("second")];
        await write(`${first.line}\n`);
        await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
        await using server = await startMetricsServer(source.url, {
          BIND_HOST: "0.0.0.0",
          PORT: 0,
          AUTH_TOKENS_FILE: "secrets/tokens",
          SERVE_THREADS,
        }, folder);
        await server.log.wait("poll.run");
        const status = async (token: string) =>
          (await request(server, VALUE, { headers: { authorization: `Bearer ${token}` } })).status;
        assertEquals((await request(server, VALUE)).status, 401);
        assertEquals([await status(first.token), await status(second.token)], [200, 401]);

        await write("broken\n");
        const broken = await server.log.wait("access.reload");
        assertEquals([broken.level, broken.detail], [
          "WARN",
          "file secrets/tokens of AUTH_TOKENS_FILE: line 1: must be name sha256:<64 hex>",
        ]);
        assertEquals(await status(first.token), 200);

        await write(`${second.line}\n`);
        await server.log.wait("access.reload", ({ level }) => level === "INFO");
        await until("the second token alone to be accepted", async () => {
          for (let connection = 0; connection < 8; connection++) {
            if (await status(second.token) !== 200 || await status(first.token) !== 401) {
              return false;
            }
          }
          return true;
        });
        const all = JSON.stringify(server.log.events);
        assertEquals(all.includes(first.token) || all.includes(second.token), false);
        assertEquals(server.log.all("access.open"), []);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test("A file of tokens that cannot be used stops the start with its variable", async () => {
  const { code, stderr } = await runToEnd("metrics_server", { AUTH_TOKENS_FILE: "secrets/none" });
  assertEquals([code, stderr], [78, "file secrets/none of AUTH_TOKENS_FILE: no such file\n"]);
  const other = await runToEnd("metrics_server", { AUTH_TOKENS_FILE: "/etc/passwd" });
  assertMatch(
    other.stderr,
    /^file \/etc\/passwd of AUTH_TOKENS_FILE: may not be read: put it into /,
  );
});

Deno.test("Open access is reported once at the start", async () => {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, { BIND_HOST: "0.0.0.0" });
  const { level, detail } = await server.log.wait("access.open");
  assertEquals(level, "WARN");
  assertMatch(detail, /^BIND_HOST=0\.0\.0\.0 lets every machine that reaches port \d+ read /);
});
