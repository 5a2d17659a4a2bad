/**
 * `deno task demo`: runs the README's tour on services of its own on free ports, then stops the
 * source and starts it again. `--running` runs the tour alone, on services at their default ports.
 * Exit code 1 if an answer differs from the README.
 */
import { shapeDifferences } from "./answer_shape.ts";
import { tour } from "./documents.ts";
import { pointedAt, runCurl, type ServiceUrls } from "./curl.ts";
import { pause, until } from "../tools/verdict/mod.ts";
import { type ServiceProcess, startService } from "./service_process.ts";

const SHOWN_CHARS_MAX = 420;

const SHOWN_LINES_MAX = 12;

const EXPECT_MS_MAX = 8_000;

/** Number of times the demo shows the age during the outage, {@link LOOK_PAUSE_MS} apart. */
const LOOKS = 3;
const LOOK_PAUSE_MS = 1_000;

/** Shorter intervals than the defaults, for a short demo. */
const DATA_ENV = { BIND_HOST: "127.0.0.1", DATA_INTERVAL_SEC: "2", LOG_LEVEL: "INFO" };
const METRICS_ENV = {
  BIND_HOST: "127.0.0.1",
  PORT: "0",
  POLL_MS: "500",
  BACKOFF_MAX_MS: "1000",
  LOG_LEVEL: "INFO",
};

const GET_METRIC = "/telemetry/GetMetric?switch_id=sw-000&metric=packet_errors";

const DEFAULT_URLS = {
  data_server: "http://127.0.0.1:9001",
  metrics_server: "http://127.0.0.1:8080",
};

const USAGE = `Runs the README's tour, then stops the source and starts it again.

deno task demo            on services of its own, on free ports
deno task demo --running  the tour alone, on services at their default ports

Exit codes: 0 every answer is as the README says, 1 an answer differs.
`;

const running: ServiceProcess[] = [];
try {
  if (Deno.args.some((arg) => arg === "--help" || arg === "-h")) {
    Deno.stdout.writeSync(new TextEncoder().encode(USAGE));
    Deno.exit(0);
  }
  Deno.exitCode = Deno.args.includes("--running")
    ? report(await takeTour(DEFAULT_URLS))
    : await demo();
} finally {
  await Promise.all(running.map((service) => service.stop()));
}

async function demo(): Promise<number> {
  print("\n# Two services on free ports, as `deno task dev` starts them, with POLL_MS=500");
  const data = await start("data_server", { ...DATA_ENV, PORT: "0" });
  const UPSTREAM_URL = `${data.url}/counters`;
  const metrics = await start("metrics_server", { ...METRICS_ENV, UPSTREAM_URL });
  const urls = { data_server: data.url, metrics_server: metrics.url };
  await expectAge(metrics.url, () => true);

  const differences = await takeTour(urls);

  print("\n# The source is stopped: the last good data is still served, with its age");
  await data.service.stop();
  print(`$ kill ${data.service.pid}        # data_server`);
  let age_ms = await expectAge(metrics.url, () => true);
  for (let look = 0; look < LOOKS; look++) {
    await pause(LOOK_PAUSE_MS);
    const before_ms = age_ms;
    age_ms = await showAge(metrics.url);
    if (age_ms <= before_ms) differences.push(`age_ms went from ${before_ms} to ${age_ms}`);
  }
  await showPoller(metrics.url);

  print("\n# The source starts again: fresh data within a poll, although its ids restart");
  const { port } = new URL(data.url);
  await start("data_server", { ...DATA_ENV, PORT: port });
  await expectAge(metrics.url, (now_ms) => now_ms < age_ms);
  await showAge(metrics.url);
  await showPoller(metrics.url);

  return report(differences);
}

function report(differences: readonly string[]): number {
  for (const difference of differences) print(`\n! ${difference}`);
  print(differences.length === 0 ? "\n# Every answer is as the README says" : "");
  return differences.length === 0 ? 0 : 1;
}

async function start(name: "data_server" | "metrics_server", env: Record<string, string>) {
  const service = startService(name, { env, onLines: () => {} });
  running.push(service);
  const startup = await service.startup;
  if (startup === null) throw new Error(`${name} did not start`);
  print(`${name} listens on ${startup.url}`);
  return { service, url: startup.url };
}

async function takeTour(urls: ServiceUrls): Promise<string[]> {
  const readme = await Deno.readTextFile(new URL("../README.md", import.meta.url));
  const differences: string[] = [];
  for (const { title, command, answer } of tour(readme)) {
    const pointed = pointedAt(command, urls);
    print(`\n# ${title}\n$ ${pointed}`);
    const output = await runCurl(pointed);
    print(shortened(output));
    differences.push(...shapeDifferences(answer, output).map((text) => `${command}: ${text}`));
  }
  return differences;
}

async function showAge(url: string): Promise<number> {
  const command = `curl '${url}${GET_METRIC}'`;
  const output = await runCurl(command);
  print(`$ ${command}\n${output}`);
  return JSON.parse(output).age_ms;
}

async function showPoller(url: string): Promise<void> {
  const command = `curl '${url}/stats'`;
  const { poller } = JSON.parse(await runCurl(command));
  const { successes, failures_by_cause, consecutive_failures, circuit } = poller;
  const shown = JSON.stringify({ successes, failures_by_cause, consecutive_failures, circuit });
  print(
    `$ ${command} | jq -c '.poller | {successes, failures_by_cause, consecutive_failures, circuit}'`,
  );
  print(shown);
}

/** Polls until the age is as expected, and returns it. */
function expectAge(url: string, isExpected: (age_ms: number) => boolean): Promise<number> {
  return until(`the expected age of ${url}${GET_METRIC}`, async () => {
    const { age_ms } = JSON.parse(await runCurl(`curl '${url}${GET_METRIC}'`));
    return age_ms !== undefined && isExpected(age_ms) && age_ms;
  }, { wait_ms_max: EXPECT_MS_MAX });
}

function shortened(output: string): string {
  const lines = output.trimEnd().split("\n");
  const shown = lines.slice(0, SHOWN_LINES_MAX).map((line) =>
    line.length > SHOWN_CHARS_MAX ? `${line.slice(0, SHOWN_CHARS_MAX)}…` : line
  );
  const more = lines.length - shown.length;
  return shown.join("\n") + (more > 0 ? `\n… (${more} more lines)` : "");
}

function print(text: string): void {
  const styled = Deno.noColor || !Deno.stdout.isTerminal() ? text : colored(text);
  Deno.stdout.writeSync(new TextEncoder().encode(`${styled}\n`));
}

/** Comments dim, commands bold. */
function colored(text: string): string {
  return text
    .replaceAll(/^#.*$/gm, "\x1b[2m$&\x1b[0m")
    .replaceAll(/^\$.*$/gm, "\x1b[1m$&\x1b[0m")
    .replaceAll(/^!.*$/gm, "\x1b[31m$&\x1b[0m");
}
