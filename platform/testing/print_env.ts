/** Prints variables as JSON. Arguments: path of the `.env` file, names. */
import { ConfigError, exitWithUsage, loadEnv } from "../mod.ts";

const [dotenv_path, ...names] = Deno.args;
try {
  const env = loadEnv(dotenv_path);
  const values = names.map((name) => env[name] ?? null);
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(values)));
} catch (error) {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
}
