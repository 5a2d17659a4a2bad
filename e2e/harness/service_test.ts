import { assert } from "@std/assert";
import { startProgram } from "../../tools/processes/testing/start_program.ts";
import { until } from "./until.ts";

const PROGRAM = `import { startDataServer } from ${
  JSON.stringify(new URL("./mod.ts", import.meta.url).href)
};
const service = await startDataServer();
console.log(service.url);
await service.ended;`;

async function isServing(url: string): Promise<boolean> {
  const response = await fetch(`${url}/healthz`).catch(() => null);
  await response?.body?.cancel();
  return response?.ok ?? false;
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test(`a service that a test has started ends with the test's process by ${signal}`, async () => {
    const { process: tests, lines } = await startProgram(PROGRAM);
    const url = (await lines.read()).value!.trim();
    assert(await isServing(url));
    tests.kill(signal);
    await tests.status;
    await lines.cancel();
    await until("the service to be gone", async () => !await isServing(url));
  });
}
