/**
 * `deno task doctor [--json]`: looks at what both services need, says what is wrong and what to do.
 * Exit code 0 where nothing is broken, 1 where something is, 78 for an argument it does not know.
 */
import { ConfigError, exitWithUsage, loadEnv } from "../../platform/mod.ts";
import { asJson, asScreen, examine, exitCodeOf, type Finding } from "./mod.ts";

try {
  const is_json = wantsJson(Deno.args);
  const findings = await look();
  const text = is_json ? asJson(findings) : asScreen(findings);
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
  Deno.exit(exitCodeOf(findings));
} catch (error) {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
}

function wantsJson(args: readonly string[]): boolean {
  const unknown = args.filter((arg) => arg !== "--json");
  if (unknown.length > 0) throw new ConfigError(`doctor takes --json, got ${unknown.join(" ")}`);
  return args.length > 0;
}

async function look(): Promise<Finding[]> {
  return await examine(loadEnv(), Deno.env.get("TOXIPROXY_URL"));
}
