/**
 * Starts `npx -y deno@… task dev` as a user does, on free ports, runs every command of the README's
 * tour with the real curl, and stops it with Ctrl-C. Throws at the first difference.
 *
 *     deno run --allow-all dev/smoke.ts
 */
import { runProcess } from "../tools/processes/mod.ts";
import { until } from "../tools/verdict/mod.ts";
import { shapeDifferences } from "./answer_shape.ts";
import { type DevProcess, startProgram } from "./dev_process.ts";
import { commands, tour } from "./documents.ts";
import { pointedAt, type ServiceUrls } from "./curl.ts";

/** From the start, with Deno already downloaded, to the first telemetry. */
const TELEMETRY_MS_MAX = 3_000;

/** From Ctrl-C to the end of everything. */
const STOP_MS_MAX = 3_000;

const README = Deno.readTextFileSync(new URL("../README.md", import.meta.url));
const START = commands(README).find((command) => /^npx -y deno@\S+ task dev$/.test(command));

if (START === undefined) throw new Error("README: no command npx -y deno@… task dev");
const [npx, ...args] = START.split(" ");

// Downloads Deno if it is missing, so that the time below does not include it.
await output(npx, [...args.slice(0, args.indexOf("task")), "--version"]);

const started_ms = performance.now();
await using dev = startProgram(npx, args, {}, { detached: true });
try {
  const urls = {
    data_server: await dev.url("data_server"),
    metrics_server: await dev.url("metrics_server"),
  };
  await until("telemetry", async () => {
    const answer = await fetch(`${urls.metrics_server}/telemetry/ListMetrics`);
    await answer.body?.cancel();
    return answer.status === 200;
  }, { wait_ms_max: TELEMETRY_MS_MAX });
  const took_ms = Math.round(performance.now() - started_ms);
  if (took_ms > TELEMETRY_MS_MAX) {
    throw new Error(`first telemetry after ${took_ms} ms: must be within ${TELEMETRY_MS_MAX} ms`);
  }
  say(`telemetry ${took_ms} ms after "${START}"`);
  await takeTour(urls);
  await pressCtrlC(dev, urls);
} finally {
  // After a normal end no process is left to signal.
  await signalGroup("TERM", dev.pid).catch(() => {});
}

async function takeTour(urls: ServiceUrls): Promise<void> {
  for (const { command, answer } of tour(README)) {
    const pointed = pointedAt(command.replace(/^curl /, "curl -sS "), urls);
    const differences = shapeDifferences(answer, await output("sh", ["-c", pointed]));
    if (differences.length > 0) throw new Error(`${command}: ${differences.join("; ")}`);
    say(`as documented: ${command}`);
  }
}

async function pressCtrlC({ pid, log }: DevProcess, urls: ServiceUrls): Promise<void> {
  await signalGroup("INT", pid);
  for (const service of ["data_server", "metrics_server"] as const) {
    await log.wait("shutdown", (e) => e.service === service);
    const isGone = () =>
      fetch(urls[service]).then((answer) => answer.body?.cancel().then(() => false))
        .catch(() => true);
    await until(`the end of ${service}`, isGone, { wait_ms_max: STOP_MS_MAX });
  }
  say(`stopped by Ctrl-C: ${log.events.length} events, all of them JSON`);
}

/** Signals every process of the group, as a terminal does. */
async function signalGroup(signal: "INT" | "TERM", pid: number): Promise<void> {
  await output("kill", [`-${signal}`, "--", `-${pid}`]);
}

async function output(program: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProcess([program, ...args]);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
