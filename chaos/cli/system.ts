/** System calls of the command line: terminal, signals, files and Toxiproxy. */
import { onStopSignal, type StopSignal } from "../../platform/mod.ts";
import { askToxiproxy, findRealToxiproxy } from "../../tools/toxiproxy/mod.ts";
import { type Finder, onPath } from "../subject/mod.ts";
import type { LiveScreen } from "./live_view.ts";

/** Tests pass a fake. */
export interface System {
  readonly screen: LiveScreen;
  /** Aborts on Ctrl-C or SIGTERM. */
  readonly interrupt: AbortSignal;
  /** 130 after SIGINT, 143 after SIGTERM. */
  interruptedCode(): number;
  now(): Date;
  /** A random whole number of 0–max. */
  drawSeed(max: number): number;
  print(text: string): void;
  /** Prints a line to stderr. */
  printError(line: string): void;
  exists(path: string): Promise<boolean>;
  hasRealToxiproxy(): boolean;
  readonly isOnPath: Finder;
  /** Problem of the Toxiproxy at `TOXIPROXY_URL`; null if it works or the variable is not set. */
  namedToxiproxyProblem(): Promise<string | null>;
  makeFolder(path: string): Promise<void>;
  removeFolder(path: string): Promise<void>;
  /** Text of a file; null if there is none. */
  readFile(path: string): Promise<string | null>;
  writeFile(path: string, text: string): Promise<void>;
}

/** Columns without a terminal. */
const COLUMNS_DEFAULT = 100;

/** The real system; call it once per process, see {@link onStopSignal}. */
export function realSystem(): System {
  const encoder = new TextEncoder();
  const write = (stream: typeof Deno.stdout | typeof Deno.stderr, text: string) => {
    const bytes = encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      // Faults must be lifted even if the reader of the output has gone.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  };
  const interrupt = new AbortController();
  let received: StopSignal | null = null;
  onStopSignal().then((signal) => {
    received = signal;
    interrupt.abort(signal);
  });
  const is_terminal = Deno.stdout.isTerminal();
  const columns = is_terminal ? Deno.consoleSize().columns : COLUMNS_DEFAULT;
  return {
    screen: { is_terminal, columns, write: (text) => write(Deno.stdout, text) },
    interrupt: interrupt.signal,
    interruptedCode: () => received === "SIGTERM" ? 143 : 130,
    now: () => new Date(),
    drawSeed: (max) => crypto.getRandomValues(new Uint32Array(1))[0] % (max + 1),
    print: (text) => write(Deno.stdout, text),
    printError: (line) => write(Deno.stderr, `${line}\n`),
    exists: (path) => Deno.stat(path).then(() => true, () => false),
    hasRealToxiproxy: () => findRealToxiproxy() !== null,
    isOnPath: onPath,
    async namedToxiproxyProblem() {
      const real = findRealToxiproxy();
      if (real?.kind !== "running") return null;
      return await askToxiproxy(real.url).then(() => null, (error: Error) => error.message);
    },
    makeFolder: (path) => Deno.mkdir(path, { recursive: true }),
    removeFolder: (path) => Deno.remove(path, { recursive: true }),
    async readFile(path) {
      try {
        return await Deno.readTextFile(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    async writeFile(path, text) {
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, text);
    },
  };
}
