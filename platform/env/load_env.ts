/** Environment variables of the process and of the `.env` file. */
import { ConfigError } from "./config_error.ts";
import { brokenLines, type Ignored, nearMisses } from "./ignored.ts";
import type { Env } from "./read_config.ts";

/** Largest `.env` file that is read, in characters. */
const DOTENV_BYTES_MAX = 65_536;

/**
 * Environment of this process, completed by the `.env` file: a variable set in the process wins,
 * even if it is empty. Variables are read one by one on access, so `--allow-env=A,B` is enough.
 * Needs `--allow-read=.env`.
 *
 * @throws {ConfigError} The file exists but cannot be read.
 */
export function loadEnv(dotenv_path = ".env"): Env {
  return new Proxy(parseDotenv(readDotenv(dotenv_path)), {
    get(dotenv, name) {
      return typeof name === "string" ? processVariable(name) ?? dotenv[name] : undefined;
    },
  });
}

/**
 * What the program ignores: broken lines of the `.env` file, and variables near one of its `own`.
 * The process's names are examined only with an `--allow-env` without names.
 *
 * @throws {ConfigError} The file exists but cannot be read.
 */
export function ignoredSettings(own: readonly string[], dotenv_path = ".env"): Ignored[] {
  const content = readDotenv(dotenv_path);
  const may_list = Deno.permissions.querySync({ name: "env" }).state === "granted";
  const names = new Set(Object.keys(parseDotenv(content)));
  if (may_list) { for (const name of Object.keys(Deno.env.toObject())) names.add(name); }
  return [...brokenLines(content), ...nearMisses(names, own)];
}

/** Gives up the permission to read the environment, once the settings are read. */
export function closeEnv(): void {
  Deno.permissions.revokeSync({ name: "env" });
}

function processVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new ConfigError(`${name}: may not be read: add it to --allow-env`);
  }
}

/** Text of the file, empty if there is none. */
function readDotenv(path: string): string {
  let content: string;
  try {
    content = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    if (error instanceof Deno.errors.NotCapable) {
      throw new ConfigError(`${path}: may not be read: add it to --allow-read`);
    }
    throw new ConfigError(`${path}: cannot be read: ${(error as Error).message}`);
  }
  if (content.length > DOTENV_BYTES_MAX) {
    throw new ConfigError(`${path}: ${content.length} characters, at most ${DOTENV_BYTES_MAX}`);
  }
  return content.replace(/^\uFEFF/, "");
}

/** Loads `node:util` only if there is a file: most starts have none and save the time. */
function parseDotenv(content: string): Env {
  if (content === "") return {};
  // deno-lint-ignore no-process-global
  return { ...process.getBuiltinModule("node:util").parseEnv(content) };
}
