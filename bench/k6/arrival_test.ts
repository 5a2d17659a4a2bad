import { assertEquals } from "@std/assert";
import { runnerArgs } from "../../tools/k6/mod.ts";
import { runProcess } from "../../tools/processes/mod.ts";

/** The options of the profile with these variables, printed by a script that imports it. */
async function optionsWith(variables: Record<string, string>) {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${dir}/print.js`,
      `import { options as printed } from ${JSON.stringify(`${import.meta.dirname}/arrival.js`)};
      export default () => {};
      export const handleSummary = () => ({ stdout: JSON.stringify(printed) });`,
    );
    const env = Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    const access = { read: [import.meta.dirname!, dir] };
    const args = [...runnerArgs(access), "run", "--quiet", ...env, `${dir}/print.js`];
    const { stdout, stderr } = await runProcess([Deno.execPath(), ...args]);
    assertEquals(stderr, "");
    return JSON.parse(stdout);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("arrival sends to the control at the same rate, half an interval later", async () => {
  const { scenarios, systemTags, thresholds } = await optionsWith({
    RATE: "500",
    CONTROL_URL: "http://127.0.0.1:1/",
    GATE: "off",
  });
  const { subject, control } = scenarios;
  const common = { executor: "constant-arrival-rate", rate: 500, timeUnit: "1s", maxVUs: 100 };
  for (const one of [subject, control]) assertEquals({ ...one, ...common }, one);
  assertEquals([subject.startTime, control.startTime], ["0ms", "1ms"]);
  assertEquals([subject.exec, control.exec], [undefined, "control"]);
  assertEquals([systemTags, thresholds], [["status", "scenario"], {}]);
});

Deno.test("arrival warms up before both scenarios, and has no control without its URL", async () => {
  const { scenarios } = await optionsWith({ WARM_UP_MS: "2000" });
  const { warm_up, subject, ...rest } = scenarios;
  assertEquals([warm_up.rate, warm_up.duration, warm_up.exec], [3000, "2000ms", "warmUp"]);
  assertEquals([subject.startTime, rest], ["2100ms", {}]);
});
