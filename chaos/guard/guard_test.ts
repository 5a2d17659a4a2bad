import { assertEquals, assertRejects } from "@std/assert";
import { identify, processesMarked, type ProcessIdentity } from "./proc.ts";
import { MARK_VARIABLE, startGuard } from "./mod.ts";

/** What the issue allows, and what a busy machine adds to starting and looking. */
const GONE_MS_MAX = 3_000;
const WAIT_MS_MAX = 15_000;

interface LabStarted {
  guard: number;
  processes: number[];
  proxy: string;
}

async function until(what: string, look: () => boolean | Promise<boolean>): Promise<number> {
  const started_ms = performance.now();
  while (!await look()) {
    const waited_ms = performance.now() - started_ms;
    if (waited_ms > WAIT_MS_MAX) throw new Error(`waited ${WAIT_MS_MAX} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - started_ms;
}

/** The first line a child prints. */
async function firstLine(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0];
}

function markOf(pid: number): string {
  const environ = Deno.readTextFileSync(`/proc/${pid}/environ`);
  return environ.split("\0").find((line) => line.startsWith(`${MARK_VARIABLE}=`))!.split("=")[1];
}

Deno.test({
  name: "a guard ends all processes of a lab that is killed amid a fault, within 3 s",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    const report_path = `${folder}/guard.ndjson`;
    const removed: string[] = [];
    await using foreign = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      ({ method, url }) => {
        if (method === "GET") return Response.json({ "chaos-7": {}, theirs: {} });
        removed.push(`${method} ${new URL(url).pathname}`);
        return new Response(null, { status: 204 });
      },
    );
    const program = new URL("./testing/small_lab.ts", import.meta.url).href;
    const lab = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", program, report_path, `http://127.0.0.1:${foreign.addr.port}`],
      stdout: "piped",
    }).spawn();
    let running: () => ProcessIdentity[] = () => [];
    try {
      const started: LabStarted = JSON.parse(await firstLine(lab.stdout));
      const mark = markOf(started.processes[0]);
      running = () => processesMarked(MARK_VARIABLE, mark);
      // The fault proxy, the CPU hog, the stubborn shell and its two children, and the untold one.
      assertEquals(running().length, 6);
      lab.kill("SIGKILL");
      const gone_ms = await until("the lab's processes to end", () => running().length === 0);
      assertEquals(gone_ms < GONE_MS_MAX, true, `gone after ${Math.round(gone_ms)} ms`);
      await until("the guard to end", () => identify(started.guard) === null);
      assertEquals(removed, ["DELETE /proxies/chaos-7"]);
      const steps = (await Deno.readTextFile(report_path)).trim().split("\n")
        .map((line): string => JSON.parse(line).step);
      assertEquals(steps.at(-1), "done");
      for (const pid of started.processes) {
        assertEquals(steps.some((step) => step.includes(`(pid ${pid})`)), true, `pid ${pid}`);
      }
      await assertRejects(() => fetch(`http://${started.proxy}/counters`), TypeError);
    } finally {
      if (identify(lab.pid) !== null) lab.kill("SIGKILL");
      await lab.status;
      for (const { pid } of running()) Deno.kill(pid, "SIGKILL");
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("a guard that is told of the end does nothing, and leaves no report", async () => {
  const folder = await Deno.makeTempDir();
  const sleeper = new Deno.Command("sleep", { args: ["60"], detached: true }).spawn();
  try {
    const guard = await startGuard({ report_path: `${folder}/guard.ndjson` });
    await guard.watchProcess(sleeper.pid);
    await guard.done();
    assertEquals(identify(guard.pid), null);
    assertEquals([...Deno.readDirSync(folder)], []);
    assertEquals(identify(sleeper.pid) !== null, Deno.build.os === "linux");
  } finally {
    sleeper.kill("SIGKILL");
    await sleeper.status;
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a guard is not ended by the signals that end a lab, but by the end of its input", async () => {
  await using guard = await startGuard();
  await until("the guard to listen to signals", () => listensTo(guard.pid, 15));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.kill(guard.pid, signal);
  await guard.forget(1);
  assertEquals(identify(guard.pid) !== null, true);
});

Deno.test("a guard that has ended is told of as soon as it is needed", async () => {
  const guard = await startGuard();
  Deno.kill(guard.pid, "SIGKILL");
  await guard.ended;
  await assertRejects(
    () => guard.watchProcess(Deno.pid, "subject"),
    Error,
    `Cannot tell the guard (pid ${guard.pid}) of process: it has ended`,
  );
  await guard.done();
});

/** Whether the process catches this signal (proc(5), SigCgt). */
function listensTo(pid: number, signal: number): boolean {
  if (Deno.build.os !== "linux") return true;
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const caught = BigInt("0x" + /SigCgt:\s*(\w+)/.exec(status)![1]);
  return (caught >> BigInt(signal - 1) & 1n) === 1n;
}
