/** Configuration from environment variables: declared once, read, checked and documented. */
export { BLOCKED_PORTS_SOURCE, isBlockedPort } from "./blocked_ports.ts";
export { ConfigError } from "./config_error.ts";
export type {
  Clamped,
  Entry,
  EntryFacts,
  NumberOptions,
  OutOfRange,
  TextOptions,
} from "./entry.ts";
export { choice, integer, number, optional, port, text } from "./entry.ts";
export { EXIT_CODE_CONFIG, exitWithUsage } from "./exit_with_usage.ts";
export { DOTENV_BYTES_MAX, loadEnv } from "./load_env.ts";
export type { Config, Env, Spec, VariableRow } from "./read_config.ts";
export { describe, readConfig } from "./read_config.ts";
export { urlList } from "./url_list.ts";
