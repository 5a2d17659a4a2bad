import { EXIT_CODES } from "../exit_codes.ts";

/** The script cannot be loaded or run; the message names its file and line where they are known. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
  readonly exit_code = EXIT_CODES.script_exception;
}
