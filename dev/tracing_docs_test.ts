/** The commands of docs/tracing.md, run. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startDev } from "./dev_process.ts";
import { commands } from "./documents.ts";

const DOCS = Deno.readTextFileSync(new URL("../docs/tracing.md", import.meta.url));

/** The variables of each command `NAME=value … deno task dev`. */
const ENVS = commands(DOCS).map((command) => {
  assertMatch(command, /^(OTEL_[A-Z_]+=\S+ )+deno task dev$/);
  const pairs = command.split(" ").slice(0, -3).map((pair) => pair.split(/=(.*)/));
  return Object.fromEntries(pairs) as Record<string, string>;
});

/** Starts `dev`, stops it after a successful poll, and returns its stderr. */
async function run(env: Record<string, string>): Promise<string> {
  await using dev = startDev({ NO_COLOR: "1", ...env });
  await dev.log.wait("poll.run");
  dev.kill("SIGTERM");
  const { code, stderr } = await dev.ended;
  assertEquals(code, 0);
  return stderr;
}

Deno.test("docs/tracing.md: the console shows the spans of both services, in one trace", async () => {
  const stderr = await run(ENVS.find((env) => "OTEL_EXPORTER_OTLP_PROTOCOL" in env)!);
  const trace = /^SPAN poll \[(\w+)\//m.exec(stderr)?.[1];
  assert(trace !== undefined && stderr.includes(`SPAN GET /counters [${trace}/`), stderr);
});

for (const env of ENVS.filter((env) => !("OTEL_EXPORTER_OTLP_PROTOCOL" in env))) {
  const shown = Object.keys(env).join(", ");
  Deno.test(`docs/tracing.md: with ${shown} both services export, named by service`, async () => {
    const bodies: string[] = [];
    await using receiver = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        assertEquals(request.headers.get("content-type"), "application/x-protobuf");
        bodies.push(await request.text());
        return new Response();
      },
    );
    const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${receiver.addr.port}`;
    // All spans: one in a hundred would be none.
    await run({ ...env, OTEL_TRACES_SAMPLER_ARG: "1", OTEL_EXPORTER_OTLP_ENDPOINT });
    const traces = bodies.filter((body) => body.includes("/counters"));
    for (const service of ["data_server", "metrics_server"]) {
      assert(traces.some((body) => body.includes(service)), service);
    }
  });
}
