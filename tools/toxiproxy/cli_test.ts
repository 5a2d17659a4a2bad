/** The CLI on both servers; and, where the real CLI is installed, that it says the same as ours. */
import { assert, assertEquals } from "@std/assert";
import { freePort } from "../processes/mod.ts";
import { runCli } from "./cli.ts";
import { onBoth, REAL, startEngine } from "./testing/engines.ts";

const UPSTREAM = "127.0.0.1:1";

/** Command line, what it prints, exit code. */
const SESSION: readonly [line: string, text: string, code: number][] = [
  ["list", "", 0],
  [`create -l 127.0.0.1:{port} -u ${UPSTREAM} redis`, "Created new proxy redis\n", 0],
  ["list", `redis\t127.0.0.1:{port}\t${UPSTREAM}\tenabled\t0\n`, 0],
  ["toggle redis", "Proxy redis is now disabled\n", 0],
  ["ls", `redis\t127.0.0.1:{port}\t${UPSTREAM}\tdisabled\t0\n`, 0],
  ["toggle redis", "Proxy redis is now enabled\n", 0],
  [
    "toxic add -t latency -n lag -a latency=100 -a jitter=5 redis",
    "Added downstream latency toxic 'lag' on proxy 'redis'\n",
    0,
  ],
  [
    "toxic add -t bandwidth -u --tox 0.5 -a rate=10 redis",
    "Added upstream bandwidth toxic 'bandwidth_upstream' on proxy 'redis'\n",
    0,
  ],
  ["toxic update -n lag -a jitter=25 redis", "Updated toxic 'lag' on proxy 'redis'\n", 0],
  [
    "inspect redis",
    "bandwidth_upstream\ttype=bandwidth\tstream=upstream\ttoxicity=0.50\tattributes=[\trate=10\t]\n" +
    "lag\ttype=latency\tstream=downstream\ttoxicity=1.00\tattributes=[\tjitter=25\tlatency=100\t]\n",
    0,
  ],
  ["toxic remove -n lag redis", "Removed toxic 'lag' on proxy 'redis'\n", 0],
  [
    "toxic delete -n bandwidth_upstream redis",
    "Removed toxic 'bandwidth_upstream' on proxy 'redis'\n",
    0,
  ],
  ["delete redis", "Deleted proxy redis\n", 0],
];

const REFUSED: readonly [line: string, says: string][] = [
  ["inspect no", "404 proxy not found"],
  ["toggle no", "404 proxy not found"],
  ["delete no", "404 proxy not found"],
  ["create redis", "Required argument 'listen' was empty."],
  ["create -l 127.0.0.1:0 redis", "Required argument 'upstream' was empty."],
  ["toxic add redis", "Required argument 'type' was empty."],
  ["toxic add -t nosuch redis", "toxic type nosuch: must be one of latency, bandwidth, "],
  ["toxic add -t latency -a latancy=5 redis", "latency has no attribute latancy"],
  ["toxic add -t latency -a latency=x redis", "-a latency=x: must be KEY=WHOLE NUMBER"],
  ["toxic remove redis", "Required argument 'toxicName' was empty."],
  ["toxic dance", "toxic dance: no such command"],
  ["dance", "dance: no such command"],
  ["list --loud yes", "--loud: no such flag"],
  ["delete a b", "b: one name only; flags come before it"],
];

onBoth("cli goes through a session", async (engine) => {
  await using running = await startEngine(engine);
  const port = `${freePort()}`;
  for (const [line, text, code] of SESSION) {
    const args = line.replace("{port}", port).split(" ");
    const got = await runCli(args, running.client.url);
    assertEquals(got, { text: text.replace("{port}", port), code }, line);
  }
});

onBoth("cli says what is wrong, and exits with 1", async (engine) => {
  await using running = await startEngine(engine);
  for (const [line, says] of REFUSED) {
    const { text, code } = await runCli(line.split(" "), running.client.url);
    assertEquals(code, 1, line);
    assert(text.includes(says), `${line}: ${text}`);
  }
});

Deno.test("cli takes the server's address from -h before TOXIPROXY_URL", async () => {
  const { text, code } = await runCli(["-h", "http://127.0.0.1:1", "list"], "http://127.0.0.1:2");
  assertEquals(code, 1);
  assert(text.startsWith("GET http://127.0.0.1:1/proxies: "), text);
  assert(text.includes("deno task toxiproxy"), text);
});

Deno.test("cli without a command shows how it is used", async () => {
  const { text, code } = await runCli([], undefined);
  assertEquals(code, 0);
  assert(text.startsWith("Usage: deno task toxiproxy cli"));
});

const REAL_CLI = REAL?.kind === "program" ? REAL.path.replace(/-server$/, "-cli") : null;

function exists(path: string | null): path is string {
  try {
    return path !== null && Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test({
  name: "the real CLI goes through the same session with the embedded server (real)",
  ignore: !exists(REAL_CLI),
  async fn() {
    await using running = await startEngine("embedded");
    const port = `${freePort()}`;
    for (const [line, text, code] of SESSION) {
      const args = line.replace("{port}", port).split(" ");
      const command = new Deno.Command(REAL_CLI!, {
        args,
        env: { TOXIPROXY_URL: running.client.url },
        stdin: "null",
      });
      const output = await command.output();
      const got = new TextDecoder().decode(output.stdout);
      assertEquals([got, output.code], [text.replace("{port}", port), code], line);
    }
  },
});
