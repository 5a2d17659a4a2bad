/** Checks of the HAProxy configurations that the project deploys. */
import { assertMatch } from "@std/assert";
import { runProcess } from "../../tools/processes/mod.ts";

/** Registers a test for each environment: HAProxy accepts the configuration without a warning. */
export function testConfiguration(
  what: string,
  file: string,
  environments: readonly Record<string, string>[],
  ignore: boolean,
): void {
  for (const env of environments) {
    Deno.test({
      name: `HAProxy accepts ${what} without a warning: ${JSON.stringify(env)}`,
      ignore,
      async fn() {
        const { stdout, stderr } = await runProcess(["haproxy", "-c", "-f", file], { env });
        assertMatch(stdout + stderr, /^(WARNING: )?Configuration file is valid\n$/i);
      },
    });
  }
}
