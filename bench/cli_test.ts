import { assertEquals, assertStringIncludes } from "@std/assert";
import { canRun, runProcess, startProcess } from "../tools/processes/mod.ts";

const CWD = new URL("..", import.meta.url);

function commandOf(script: string, ...args: string[]): string[] {
  const program = new URL(script, import.meta.url).href;
  return [Deno.execPath(), "run", "--no-prompt", "--allow-all", program, ...args];
}

/** Runs a program to its end. */
function run(script: string, ...args: string[]) {
  return runProcess(commandOf(script, ...args), { cwd: CWD });
}

Deno.test("bench:serve --help lists the options and measures nothing", async () => {
  const { code, stdout } = await run("./serve.ts", "--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "Usage: deno task bench:serve");
});

Deno.test("bench:serve refuses an unknown figure with one line and exit code 64", async () => {
  const { code, stdout, stderr } = await run("./serve.ts", "--only", "x");
  assertEquals([code, stdout], [64, ""]);
  assertEquals(
    stderr,
    '--only x: must be of a,b,c,d,e,f,g,h,i,j, got "x" (--help lists the options)\n',
  );
});

Deno.test("bench:serve replicas refuses an unknown figure with exit code 64", async () => {
  const { code, stderr } = await run("./serve.ts", "replicas", "--only", "a");
  assertEquals(code, 64);
  assertStringIncludes(stderr, "--only a: must be of failover,");
});

Deno.test("bench:serve replicas without redis-server says what to install, exit code 2", async () => {
  const command = commandOf("./serve.ts", "replicas", "--quick");
  const { code, stdout, stderr } = await runProcess(command, { cwd: CWD, env: { PATH: "/none" } });
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "apt-get install redis-server");
});

Deno.test("deno task soak refuses a wrong length with exit code 64 and starts nothing", async () => {
  const { code, stdout, stderr } = await run("./soak.ts", "--minutes", "0");
  assertEquals([code, stdout], [64, ""]);
  assertStringIncludes(stderr, "--minutes 0: must be a whole number 1–1440");
});

Deno.test("bench/parse.ts refuses a wrong option with exit code 64", async () => {
  const { code, stderr } = await run("./parse.ts", "--rounds", "0");
  assertEquals(code, 64);
  assertStringIncludes(stderr, "--rounds 0: must be a whole number 1–100");
});

const has_ps = canRun(["ps", "-o", "pid="]);

for (const [signal, code] of [["SIGTERM", 143], ["SIGKILL", 137]] as const) {
  Deno.test(`bench:serve ends its servers when ${signal} ends it (ps)`, {
    ignore: !has_ps,
  }, () => assertServersEnd(signal, code));
}

async function assertServersEnd(signal: Deno.Signal, code: number): Promise<void> {
  const program = new URL("./serve.ts", import.meta.url).href;
  const bench = startProcess([Deno.execPath(), "run", "--allow-all", program, "--only", "a"], {
    cwd: new URL("..", import.meta.url),
  });
  const deadline_ms = performance.now() + 10_000;
  while ((await childrenOf(bench.pid)).length < 2 && performance.now() < deadline_ms) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const children = await childrenOf(bench.pid);
  bench.kill(signal);
  assertEquals([(await bench.ended).code, children.length >= 2], [code, true]);
  let alive = children;
  while (alive.length > 0 && performance.now() < deadline_ms) {
    alive = await running("-p", alive.join());
  }
  assertEquals(alive, []);
}

/** Load and servers, without the shells that watch them. */
function childrenOf(pid: number): Promise<number[]> {
  return running("--ppid", `${pid}`);
}

/** Running Deno processes, without zombies. */
async function running(...which: string[]): Promise<number[]> {
  const { stdout } = await runProcess(["ps", "-o", "pid=,stat=,args=", ...which]);
  return stdout.trim().split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, state, program]) => !state?.startsWith("Z") && program?.endsWith("deno"))
    .map(([pid]) => Number(pid));
}
