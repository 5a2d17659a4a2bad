import { assert } from "@std/assert";
import { startProcess } from "../../tools/processes/mod.ts";
import { until } from "../../tools/verdict/mod.ts";

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
  Deno.test(`a service ends with its test process on ${signal}`, async () => {
    const tests = startProcess([Deno.execPath(), "eval", PROGRAM], { stdout: "piped" });
    const lines = tests.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const url = (await lines.read()).value!.trim();
    assert(await isServing(url));
    tests.kill(signal);
    await tests.ended;
    await lines.cancel();
    await until("the service to be gone", async () => !await isServing(url));
  });
}
