/** The server as a process. */
import { assert, assertEquals } from "@std/assert";
import { type RunningProcess, runProcess, startProcess } from "../processes/mod.ts";

const MAIN = new URL("./main.ts", import.meta.url).href;

const COMMAND = [Deno.execPath(), "run", "--no-prompt", "--allow-net", "--allow-read", MAIN];
const ANY_PORT = ["-host", "127.0.0.1", "-port", "0"];

function spawn(...flags: string[]): RunningProcess {
  const command = [...COMMAND, ...ANY_PORT, ...flags];
  return startProcess(command, { stdin: "piped", stdout: "piped" });
}

/** The address in the line it prints once it serves. */
async function startedAt(child: RunningProcess): Promise<string> {
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`ended before it served: ${text}`);
    text += new TextDecoder().decode(value);
  }
  await reader.cancel();
  return JSON.parse(text).url;
}

Deno.test("toxiproxy creates the proxies of its config and ends with 0 on SIGTERM", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const proxies = [{ name: "a", listen: "127.0.0.1:0", upstream: "127.0.0.1:1" }];
    await Deno.writeTextFile(path, JSON.stringify(proxies));
    const child = spawn("-config", path);
    const url = await startedAt(child);
    const answer = await (await fetch(`${url}/proxies/a`)).json();
    assertEquals([answer.name, answer.enabled], ["a", true]);
    assertEquals((await child.stop()).code, 0);
    await child.stdin.close().catch(() => {});
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("toxiproxy -until-stdin-ends ends with its stdin", async () => {
  const child = spawn("-until-stdin-ends");
  await startedAt(child);
  await child.stdin.close();
  assertEquals((await child.ended).code, 0);
});

Deno.test("toxiproxy refuses a missing or wrong config with one line and exit code 78", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    for (
      const [text, says] of [
        ["{", "must be a JSON array of proxies: unexpected EOF"],
        ["{}", "must be a JSON array of proxies: json: cannot unmarshal object"],
        ['[{"name":"a"}]', "missing required field: upstream at proxy 1"],
      ]
    ) {
      await Deno.writeTextFile(path, text);
      const { code, stderr } = await runProcess([...COMMAND, ...ANY_PORT, "-config", path]);
      assertEquals(code, 78, stderr);
      assert(stderr.startsWith(`toxiproxy: -config ${path}: `) && stderr.includes(says), stderr);
      assertEquals(stderr.trim().split("\n").length, 1, stderr);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("toxiproxy refuses an unknown flag with exit code 64 and lists the known ones", async () => {
  const { code, stderr } = await runProcess([...COMMAND, "-prot", "1"]);
  assertEquals(code, 64);
  assert(stderr.startsWith("toxiproxy: -prot: no such flag; did you mean -port?\n"), stderr);
  assert(stderr.includes("-proxy-metrics"), stderr);
});

Deno.test("toxiproxy -version prints the version", async () => {
  const { code, stdout } = await runProcess([...COMMAND, "-version"]);
  assertEquals([code, stdout], [0, "toxiproxy 2.12.0+embedded\n"]);
});

Deno.test("toxiproxy:install says how to get Go if it is missing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await runProcess([
      ...[Deno.execPath(), "run", "--no-prompt", "--no-config", "--allow-run=go"],
      ...["--allow-read=.cache/toxiproxy", "--allow-write=.cache/toxiproxy"],
      new URL("./install.ts", import.meta.url).href,
    ], { cwd: folder, env: { PATH: folder } });
    assertEquals(code, 1, stderr);
    assert(stderr.includes("toxiproxy:install: Go is not installed"), stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
