/** Needs k6's types from npm or Deno's cache; ignored without them. */
import { assertEquals, assertMatch } from "@std/assert";
import { runProcess } from "../../tools/processes/mod.ts";
import check from "./check.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);
const REACH_NPM_MS_MAX = 30_000;

async function deno(args: string[]): Promise<{ success: boolean; text: string }> {
  const { code, stderr } = await runProcess([Deno.execPath(), ...args], {
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    run_ms_max: REACH_NPM_MS_MAX,
  });
  return { success: code === 0, text: stderr };
}

const PROFILES = [...Deno.readDirSync(new URL("bench/k6", ROOT))]
  .filter(({ name }) => name.endsWith(".js"))
  .map(({ name }) => `bench/k6/${name}`);

/** Checks the profiles against the types of k6 itself. */
const CHECK = ["check", "--config=bench/k6/check.json", ...PROFILES];

const types = await deno(["cache", "--no-lock", "--quiet", check.imports.k6]);

Deno.test({
  name: "every profile passes the check against k6's own types (from npm)",
  ignore: !types.success,
  async fn() {
    const { success, text } = await deno(CHECK);
    assertEquals(success, true, text);
  },
});

Deno.test({
  name: "a profile that calls k6 with a wrong argument fails that check (from npm)",
  ignore: !types.success,
  async fn() {
    const dir = await Deno.makeTempDir({ dir: import.meta.dirname });
    try {
      await Deno.writeTextFile(
        `${dir}/wrong.js`,
        `import { setTimeout } from "k6/timers";\nexport default () => setTimeout(5, "now");\n`,
      );
      const { success, text } = await deno(
        ["check", "--config=bench/k6/check.json", `${dir}/wrong.js`],
      );
      assertEquals(success, false);
      assertMatch(text, /TS2345/);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
