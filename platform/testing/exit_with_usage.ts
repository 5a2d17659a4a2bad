/** Ends with a configuration error. Argument: its message. */
import { ConfigError, exitWithUsage } from "../mod.ts";

exitWithUsage(new ConfigError(Deno.args[0]));
