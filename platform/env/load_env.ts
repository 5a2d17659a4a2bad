/** Environment variables of the process and of the `.env` file. */
import { ConfigError } from "./config_error.ts";
import type { Env } from "./read_config.ts";

/** Largest `.env` file that is read, in characters. */
const DOTENV_BYTES_MAX = 65_536;

/**
 * Environment of this process, completed by the `.env` file: a variable set in the process wins,
 * even if it is empty. Variables are read one by one on access, so `--allow-env=A,B` is enough;
 * listing names returns only the file's names. Needs `--allow-read=.env`.
 *
 * @throws {ConfigError} The file exists but cannot be read.
 */
export function loadEnv(dotenv_path = ".env"): Env {
  return new Proxy(readDotenv(dotenv_path), {
    get(dotenv, name) {
      return typeof name === "string" ? processVariable(name) ?? dotenv[name] : undefined;
    },
  });
}

function processVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new ConfigError(`${name}: may not be read: add it to --allow-env`);
  }
}

function readDotenv(path: string): Env {
  let content: string;
  try {
    content = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    if (error instanceof Deno.errors.NotCapable) {
      throw new ConfigError(`${path}: may not be read: add it to --allow-read`);
    }
    throw new ConfigError(`${path}: cannot be read: ${(error as Error).message}`);
  }
  if (content.length > DOTENV_BYTES_MAX) {
    throw new ConfigError(`${path}: ${content.length} characters, at most ${DOTENV_BYTES_MAX}`);
  }
  return { ...parseDotenv(content.replace(/^\uFEFF/, "")) };
}

/** Loads `node:util` only if there is a file: most starts have none and save the time. */
function parseDotenv(content: string): Env {
  // deno-lint-ignore no-process-global
  return process.getBuiltinModule("node:util").parseEnv(content);
}
