/**
 * Schemathesis sends every request that the OpenAPI document allows or
 * forbids to a running service, and checks the responses. Exit: 0 no findings, 1 findings, 2 no
 * verdict (schemathesis is not available or the machine is too slow).
 */
import {
  freePort,
  request,
  type Service,
  startDataServer,
  startMetricsServer,
  until,
} from "../harness/mod.ts";
import { install, NotInstalled, RUN_MS_MAX, testService } from "./schemathesis.ts";

const NO_VERDICT = 2;
const SOURCE = { DATA_SWITCHES: 4, SEED: 1 };

interface Scene {
  readonly name: string;
  start(stack: AsyncDisposableStack): Promise<Service>;
}

const SCENES: readonly Scene[] = [
  {
    name: "with data that changes every second",
    async start(stack) {
      const source = stack.use(await startDataServer(SOURCE));
      const sources = `${source.url}/counters`;
      const server = stack.use(await startMetricsServer(sources, { METRICS_FABRIC: "on" }));
      await server.log.wait("poll.run");
      return server;
    },
  },
  {
    name: "without data, its source never started",
    async start(stack) {
      const sources = `http://127.0.0.1:${freePort()}/counters`;
      const server = stack.use(await startMetricsServer(sources));
      await server.log.wait("poll.error");
      return server;
    },
  },
  {
    name: "with stale data, its source is down",
    async start(stack) {
      const source = stack.use(await startDataServer(SOURCE));
      const sources = `${source.url}/counters`;
      const server = stack.use(await startMetricsServer(sources, { MAX_STALE_MS: 500 }));
      await server.log.wait("poll.run");
      await source.stop();
      await until("503 from /readyz", async () => {
        return (await request(server, "/readyz")).status === 503;
      });
      return server;
    },
  },
];

async function main(): Promise<number> {
  try {
    await install();
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    print(`SKIPPED: ${error.message}`);
    return NO_VERDICT;
  }
  let worst = 0;
  for (const { name, start } of SCENES) {
    await using stack = new AsyncDisposableStack();
    const server = await start(stack);
    const { code, is_late, output, took_ms } = await testService(server.url);
    const took = `${(took_ms / 1000).toFixed(1)} s`;
    if (is_late) {
      print(`NO VERDICT: ${name}: not finished after ${RUN_MS_MAX / 1000} s`);
      worst = worst || NO_VERDICT;
    } else if (code === 0) {
      print(`ok: ${name}: ${testCases(output)} (${took})`);
    } else {
      print(`${output}\nFAILED: ${name}: see the findings of schemathesis above (${took})`);
      worst = 1;
    }
  }
  return worst;
}

/** Number of test cases, for example "312 generated, 312 passed". */
function testCases(output: string): string {
  return /^Test cases:\s+(.*)$/mi.exec(output)?.[1] ?? output.trim().split("\n").at(-1)!;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

Deno.exit(await main());
