/** The doctor with its task's permissions, on real ports and services. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { joinBytes } from "../../platform/mod.ts";
import deno_json from "../../deno.json" with { type: "json" };
import { freePort, runProcess, taskCommand, unset } from "../../tools/processes/mod.ts";
import { startDev } from "../dev_process.ts";
import { asScreen, type Finding, LINE_CHARS_MAX } from "./finding.ts";
import { VARIABLES } from "./judge_config.ts";

function doctor(env: Record<string, string>, ...args: string[]) {
  const task = taskCommand(deno_json.tasks.doctor);
  return runProcess([Deno.execPath(), ...task.args, ...args], {
    cwd: new URL("../../", import.meta.url),
    env: { ...unset([...VARIABLES, "TOXIPROXY_URL"]), NO_COLOR: "1", ...env },
  });
}

Deno.test("doctor finds no fault without running services, on one screen", async () => {
  const { code, stdout, stderr } = await doctor({
    DATA_PORT: `${freePort()}`,
    METRICS_PORT: `${freePort()}`,
  });
  assertEquals([code, stderr], [0, ""], stdout);
  assertMatch(stdout, /\nAll fine\.\n$/);
  const lines = stdout.split("\n");
  assert(lines.length <= 24, `${lines.length} lines`);
  assertEquals(lines.filter((line) => line.length > LINE_CHARS_MAX), []);
});

Deno.test("doctor finds running services, their data and their clocks ok", async () => {
  const [data_port, metrics_port] = [`${freePort()}`, `${freePort()}`];
  const ports = { DATA_PORT: data_port, METRICS_PORT: metrics_port };
  await using dev = startDev(ports);
  await dev.log.wait("poll.run");
  const { code, stdout } = await doctor(ports, "--json");
  const { ok, findings }: { ok: boolean; findings: Finding[] } = JSON.parse(stdout);
  assertEquals([code, ok], [0, true], stdout);
  const found = (check: string) => findings.find((one) => one.check === check)!;
  assertEquals(found(`port ${data_port}`).found, "data_server runs there");
  assertEquals(found(`port ${metrics_port}`).found, "metrics_server runs there");
  assertMatch(found("source").found, /^http:\/\/127\.0\.0\.1:\d+\/counters: answers in \d+ ms$/);
  assertEquals(found("CSV").found, "64 rows, 3 values each, identified by switch_id");
  assertEquals(found("clocks").state, "ok");
  assertMatch(found("service").found, /^64 rows, \d+ ms old; page at http:/);
});

Deno.test("doctor ends with 1 if another program holds a port and a named source refuses", async () => {
  using stranger = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const METRICS_PORT = String(stranger.addr.port);
  const UPSTREAM_URL = `http://user:secret@127.0.0.1:${freePort()}/counters`;
  const { code, stdout } = await doctor({ METRICS_PORT, UPSTREAM_URL, DATA_PORT: `${freePort()}` });
  assertEquals(code, 1, stdout);
  assertStringIncludes(stdout, "another program holds it, not metrics_server");
  assertMatch(stdout, /BROKEN +source +http:\/\/127\.0\.0\.1:\d+\/counters: refused/);
  assert(!stdout.includes("secret"), stdout);
  assertMatch(stdout, /\n2 broken, 0 warnings: → says what to do\.\n$/);
});

Deno.test("doctor hides a credential that the source's answer repeats", async () => {
  const headers = { "content-type": "text/csv; charset=s3cr3t" };
  await using source = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("switch_id,m\nsw-0,1\n", { headers }),
  );
  const UPSTREAM_URL = `http://127.0.0.1:${source.addr.port}/csv?token=s3cr3t`;
  const ports = { DATA_PORT: `${freePort()}`, METRICS_PORT: `${freePort()}` };
  const { stdout } = await doctor({ ...ports, UPSTREAM_URL }, "--json");
  assertStringIncludes(stdout, 'the unknown charset \\"***\\"');
  assert(!stdout.includes("s3cr3t"), stdout);
});

Deno.test("doctor checks that a Toxiproxy answers at TOXIPROXY_URL", async () => {
  const answers = (body: string) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response(body));
  await using toxiproxy = answers('{"version": "2.12.0"}\n');
  await using other = answers("hello");
  for (
    const [server, code, found] of [
      [toxiproxy, 0, "2.12.0 at"],
      [other, 1, "no Toxiproxy answers there"],
    ] as const
  ) {
    const TOXIPROXY_URL = `http://127.0.0.1:${server.addr.port}/`;
    const ports = { DATA_PORT: `${freePort()}`, METRICS_PORT: `${freePort()}` };
    const ended = await doctor({ ...ports, TOXIPROXY_URL }, "--json");
    const { findings }: { findings: Finding[] } = JSON.parse(ended.stdout);
    const one = findings.find(({ check }) => check === "Toxiproxy")!;
    assertEquals(ended.code, code, ended.stdout);
    assertStringIncludes(one.found, found);
    assertStringIncludes(one.found, TOXIPROXY_URL);
  }
});

Deno.test("doctor reads a source's body as the poller does, and shows no control character", async () => {
  const csv = "switch_id\u009b,x\nsw-0,0\n";
  const members = joinBytes([gzipSync(csv), gzipSync("sw-1,1\n")]);
  const gzip = { "content-encoding": "gzip" };
  for (
    const [headers, body, ID_COLUMNS, code, check, found] of [
      [gzip, members, "", 1, "CSV", 'no identity column in "switch_id\\u{9b},x"'],
      [
        gzip,
        members,
        "switch_id\u009b",
        0,
        "CSV",
        "2 rows, 1 values each, identified by switch_id\\u",
      ],
      [{}, gzipSync(csv), "", 1, "source", "encoding: the body looks gzip-compressed"],
      [{ "content-encoding": "zstd" }, members, "", 1, "source", '"zstd" is unknown'],
    ] as const
  ) {
    const answer = () => new Response(new Uint8Array(body), { headers });
    await using source = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
    const UPSTREAM_URL = `http://127.0.0.1:${source.addr.port}/csv`;
    const ports = { DATA_PORT: `${freePort()}`, METRICS_PORT: `${freePort()}` };
    const ended = await doctor({ ...ports, UPSTREAM_URL, ID_COLUMNS }, "--json");
    const { findings }: { findings: Finding[] } = JSON.parse(ended.stdout);
    const one = findings.find((finding) => finding.check === check)!;
    assertEquals(ended.code, code, ended.stdout);
    assertStringIncludes(one.found, found);
  }
});

Deno.test("doctor --help prints the usage and checks nothing", async () => {
  const { code, stdout, stderr } = await doctor({ DATA_PORT: "x" }, "--help");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^Checks ports.*\n\ndeno task doctor .*\ndeno task doctor --json /);
  assert(!stdout.includes("BROKEN"), stdout);
});

Deno.test("doctor names an unknown argument, with exit code 78", async () => {
  const { code, stderr } = await doctor({}, "--jsno");
  assertEquals([code, stderr], [78, "doctor takes --json, got --jsno\n"]);
});

Deno.test("asScreen wraps long findings without losing words", () => {
  const found = "word ".repeat(40).trim();
  const text = asScreen([{ check: "x", state: "broken", found, advice: "do it" }]);
  assertEquals(text.match(/word/g)?.length, 40);
  for (const line of text.split("\n")) assert(line.length <= LINE_CHARS_MAX);
  assertMatch(text, /→ do it\n\n1 broken, 0 warnings/);
});
