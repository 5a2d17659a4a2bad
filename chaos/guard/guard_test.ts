import { assertEquals, assertRejects } from "@std/assert";
import { ENGINES, isMissing, startEngine } from "../../tools/toxiproxy/testing/stand.ts";
import { startProcess } from "../../tools/processes/mod.ts";
import { calmClock, until } from "../../tools/verdict/mod.ts";
import { identify, processesMarked, type ProcessIdentity } from "./processes.ts";
import { MARK_VARIABLE, startGuard } from "./mod.ts";

/** Deadline of the clean-up, with a margin for a busy machine. */
const GONE_MS_MAX = 3_000;

interface LabStarted {
  guard: number;
  folder: string;
  processes: number[];
  /** Addresses of its proxies. */
  listens: string[];
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

/** Starts a lab, kills it during its faults and waits until all its processes have ended. */
async function killLab(engine: string): Promise<void> {
  const folder = await Deno.makeTempDir();
  const report_path = `${folder}/guard.ndjson`;
  const program = new URL("./testing/small_lab.ts", import.meta.url).href;
  const lab = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", program, report_path, engine],
    stdout: "piped",
  }).spawn();
  let running: () => ProcessIdentity[] = () => [];
  try {
    const started: LabStarted = JSON.parse(await firstLine(lab.stdout));
    const mark = markOf(started.processes[0]);
    running = () => processesMarked(MARK_VARIABLE, mark);
    await until("seven processes before", () => running().length >= 7);
    lab.kill("SIGKILL");
    const elapsed_ms = calmClock();
    await until("the lab's processes to end", () => running().length === 0);
    const gone_ms = elapsed_ms();
    assertEquals(gone_ms < GONE_MS_MAX, true, `gone after ${Math.round(gone_ms)} ms`);
    await until("the guard to end", () => identify(started.guard) === null);
    const steps = (await Deno.readTextFile(report_path)).trim().split("\n")
      .map((line): string => JSON.parse(line).step);
    assertEquals(steps.at(-1), "done");
    for (const pid of started.processes) {
      assertEquals(steps.some((step) => step.includes(`(pid ${pid})`)), true, `pid ${pid}`);
    }
    await assertRejects(() => Deno.stat(started.folder), Deno.errors.NotFound);
    for (const address of started.listens) {
      const [hostname, port] = address.split(":");
      await assertRejects(
        () => Deno.connect({ hostname, port: Number(port) }),
        Deno.errors.ConnectionRefused,
      );
    }
  } finally {
    if (identify(lab.pid) !== null) lab.kill("SIGKILL");
    await lab.status;
    for (const { pid } of running()) Deno.kill(pid, "SIGKILL");
    await Deno.remove(folder, { recursive: true });
  }
}

for (const engine of ENGINES) {
  const ignore = Deno.build.os !== "linux" || isMissing(engine);
  Deno.test({
    name: `a killed lab and its ${engine} engine are gone within 3 s`,
    ignore,
    fn: () => killLab(engine),
  });

  Deno.test({
    name: `a killed lab leaves the proxies of others on a shared ${engine} Toxiproxy alone`,
    ignore,
    async fn() {
      await using shared = await startEngine(engine);
      const theirs = { name: "theirs", listen: "127.0.0.1:0", upstream: "127.0.0.1:9" };
      await shared.client.populate([theirs]);
      const before = await shared.client.proxies();
      await killLab(shared.client.url);
      assertEquals(await shared.client.proxies(), before);
    },
  });
}

Deno.test("guard.lost resolves if the guard is killed, not after done", async () => {
  const killed = await startGuard();
  Deno.kill(killed.pid, "SIGKILL");
  assertEquals(await killed.lost, { code: 137 });
  await killed.done();
  const guard = await startGuard();
  await guard.done();
  assertEquals(await Promise.race([guard.lost, Promise.resolve("done")]), "done");
});

Deno.test("a guard that is done ends no process and writes no report", async () => {
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

Deno.test("a guard ignores SIGINT, SIGTERM and SIGHUP, and ends with its input", async () => {
  const guard = await startGuard();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.kill(guard.pid, signal);
  await guard.done();
  assertEquals(await guard.ended, { code: 0 });
});

Deno.test("watchProcess fails if the guard has ended", async () => {
  const guard = await startGuard();
  Deno.kill(guard.pid, "SIGKILL");
  await guard.lost;
  await assertRejects(
    () => guard.watchProcess(Deno.pid, "subject"),
    Error,
    `Cannot send a process to the guard (pid ${guard.pid}): it has ended`,
  );
  await guard.done();
});

Deno.test({
  name: "the guard process ends the processes of the last complete line of its input only",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    const sleep = () => startProcess(["sleep", "60"], { detached: true });
    await using forgotten = sleep();
    await using watched = sleep();
    const program = new URL("./main.ts", import.meta.url).href;
    const guard = startProcess(
      [Deno.execPath(), "run", "-A", program, `${folder}/guard.ndjson`],
      { stdin: "piped" },
    );
    const line = (...processes: { pid: number }[]) =>
      JSON.stringify({
        mark: { name: MARK_VARIABLE, value: "no process has it" },
        processes: processes.map(({ pid }) => ({ identity: identify(pid), name: "sleep" })),
        proxies: [],
        folders: [folder],
        done: false,
      });
    const input = `${line(forgotten)}\n${line(watched)}\n${line(forgotten, watched).slice(0, 90)}`;
    await new Blob([input]).stream().pipeTo(guard.stdin);
    assertEquals((await guard.ended).code, 0, guard.stderr_tail);
    assertEquals((await watched.ended).signal, "SIGTERM");
    assertEquals(identify(forgotten.pid) !== null, true);
    await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
  },
});
