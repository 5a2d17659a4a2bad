/** What a run needs of the operating system; tests pass their own. */
import { onStopSignal } from "../../../platform/mod.ts";
import { demandAccess, readScriptFile } from "../script_paths.ts";

export interface System {
  /** The working directory, as a `file:` URL that ends with `/`. */
  readonly cwd: string;
  /** Environment variables with these names that are set; null: all. */
  env(names: readonly string[] | null): Record<string, string>;
  readonly is_stdout_tty: boolean;
  readonly is_stderr_tty: boolean;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Unix time at `now() === 0`. */
  readonly epoch_origin_ms: number;
  random(): number;
  stdout(text: string): void;
  stderr(text: string): void;
  /** @throws The file cannot be read. */
  readText(url: string): Promise<string>;
  readBytes(url: string): Uint8Array;
  /** @throws The file cannot be written. */
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
  /** @throws The file cannot be opened. */
  openForWriting(path: string): OpenFile;
  /** Resolves at SIGINT or SIGTERM. */
  readonly stop_requested: Promise<unknown>;
}

export interface OpenFile {
  write(content: string | Uint8Array): void;
  close(): void;
}

/** The process this code runs in. */
export function denoSystem(): System {
  const cwd = new URL(`file://${Deno.cwd()}/`).href;
  // The URL of the script in `run -`.
  const stdin_url = `${cwd}-`;
  return {
    cwd,
    env: readVariables,
    is_stdout_tty: Deno.stdout.isTerminal(),
    is_stderr_tty: Deno.stderr.isTerminal(),
    now: () => performance.now(),
    epoch_origin_ms: performance.timeOrigin,
    random: () => Math.random(),
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
    readText: (url) =>
      url === stdin_url
        ? new Response(Deno.stdin.readable).text()
        : Promise.try(() => new TextDecoder().decode(readScriptFile(url))),
    readBytes: readScriptFile,
    async writeFile(path, content) {
      prepareFile(path);
      if (typeof content === "string") await Deno.writeTextFile(path, content);
      else await Deno.writeFile(path, content);
    },
    openForWriting(path) {
      prepareFile(path);
      const file = Deno.openSync(path, { write: true, create: true, truncate: true });
      return { write: (content) => writeAll(file, content), close: () => file.close() };
    },
    stop_requested: onStopSignal(),
  };
}

function readVariables(names: readonly string[] | null): Record<string, string> {
  if (names === null) return Deno.env.toObject();
  const pairs = names.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** Checks that the file may be written; makes its folder if that is `out/` or below. */
function prepareFile(path: string): void {
  demandAccess("write", path);
  const folder = /^(?:\.\/)?(out(?:\/.*)?)\//.exec(path)?.[1];
  if (folder !== undefined) Deno.mkdirSync(folder, { recursive: true });
}

function writeAll(
  stream: { writeSync(bytes: Uint8Array): number },
  content: string | Uint8Array,
): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
}
