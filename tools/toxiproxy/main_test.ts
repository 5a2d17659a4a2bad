/** The server as a process: started, refused, ended. */
import { assert, assertEquals } from "@std/assert";

const MAIN = new URL("./main.ts", import.meta.url).href;

function spawn(args: string[], stdin: "null" | "piped" = "null"): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-net", "--allow-read", MAIN, ...args],
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function outcome(args: string[]): Promise<[number, string, string]> {
  const { code, stdout, stderr } = await spawn(args).output();
  const decoder = new TextDecoder();
  return [code, decoder.decode(stdout), decoder.decode(stderr)];
}

/** Address from the line it prints once it serves. */
async function startedAt(child: Deno.ChildProcess): Promise<string> {
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

Deno.test("toxiproxy creates the proxies of its config, and ends on SIGTERM with 0", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const proxies = [{ name: "a", listen: "127.0.0.1:0", upstream: "127.0.0.1:1" }];
    await Deno.writeTextFile(path, JSON.stringify(proxies));
    const child = spawn(["-host", "127.0.0.1", "-port", "0", "-config", path]);
    const url = await startedAt(child);
    const answer = await (await fetch(`${url}/proxies/a`)).json();
    assertEquals([answer.name, answer.enabled], ["a", true]);
    child.kill("SIGTERM");
    const [{ code }] = await Promise.all([child.status, child.stderr.cancel()]);
    assertEquals(code, 0);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("toxiproxy -until-stdin-ends ends with its stdin", async () => {
  const child = spawn(["-host", "127.0.0.1", "-port", "0", "-until-stdin-ends"], "piped");
  await startedAt(child);
  await child.stdin.close();
  const [{ code }] = await Promise.all([child.status, child.stderr.cancel()]);
  assertEquals(code, 0);
});

Deno.test("toxiproxy refuses a config that is missing or wrong in one line, with 78", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    for (
      const [text, says] of [
        ["{", "JSON"],
        ["{}", "must be an array of proxies"],
        ['[{"name":"a"}]', "missing required field: upstream at proxy 1"],
      ]
    ) {
      await Deno.writeTextFile(path, text);
      const [code, , stderr] = await outcome(["-host", "127.0.0.1", "-port", "0", "-config", path]);
      assertEquals(code, 78, stderr);
      assert(stderr.startsWith(`toxiproxy: -config ${path}: `) && stderr.includes(says), stderr);
      assertEquals(stderr.trim().split("\n").length, 1, stderr);
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("toxiproxy refuses unknown flags with 64 and tells those it has", async () => {
  const [code, , stderr] = await outcome(["-prot", "1"]);
  assertEquals(code, 64);
  assert(stderr.startsWith("toxiproxy: -prot: no such flag\n"), stderr);
  assert(stderr.includes("-proxy-metrics"), stderr);
});

Deno.test("toxiproxy -version prints it", async () => {
  const [code, stdout] = await outcome(["-version"]);
  assertEquals([code, stdout], [0, "toxiproxy 2.12.0+embedded\n"]);
});

Deno.test("toxiproxy:install says what to do where Go is missing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--no-config", "--allow-run=go"],
        ...["--allow-read=.cache/toxiproxy", "--allow-write=.cache/toxiproxy"],
        new URL("./install.ts", import.meta.url).href,
      ],
      cwd: folder,
      env: { PATH: folder },
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stderr);
    assertEquals(code, 1, text);
    assert(text.includes("toxiproxy:install: Go is not installed"), text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
