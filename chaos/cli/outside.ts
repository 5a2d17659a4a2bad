/** What the command line touches outside of itself. */
import { onStopSignal, type StopSignal } from "../../platform/mod.ts";
import { askToxiproxy, findRealToxiproxy } from "../../tools/toxiproxy/mod.ts";
import type { LiveScreen } from "./live_view.ts";

/** Tests put their own in its place. */
export interface Outside {
  readonly screen: LiveScreen;
  /** Given by Ctrl-C or SIGTERM. */
  readonly interrupt: AbortSignal;
  /** 130 or 143, after the signal that came. */
  interruptedCode(): number;
  now(): Date;
  /** A whole number of 0–max. */
  drawSeed(max: number): number;
  print(text: string): void;
  /** A line on stderr. */
  complain(line: string): void;
  exists(path: string): Promise<boolean>;
  /** Whether there is a real Toxiproxy to use. */
  hasRealToxiproxy(): boolean;
  /** What is wrong with the one that `TOXIPROXY_URL` names; null where nothing is, or none is named. */
  namedToxiproxyProblem(): Promise<string | null>;
  /** Makes a folder, and those above it, where there is none. */
  makeFolder(path: string): Promise<void>;
  /** Makes its folder where there is none. */
  writeFile(path: string, text: string): Promise<void>;
}

/** Columns where nobody says how many there are. */
const COLUMNS_DEFAULT = 100;

/** To be called once in a process, see {@link onStopSignal}. */
export function systemOutside(): Outside {
  const encoder = new TextEncoder();
  const write = (stream: typeof Deno.stdout | typeof Deno.stderr, text: string) => {
    const bytes = encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      // A reader that has gone away must not keep faults from being lifted.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  };
  const interrupt = new AbortController();
  let came: StopSignal | null = null;
  onStopSignal().then((signal) => {
    came = signal;
    interrupt.abort(signal);
  });
  const is_terminal = Deno.stdout.isTerminal();
  const columns = is_terminal ? Deno.consoleSize().columns : COLUMNS_DEFAULT;
  return {
    screen: { is_terminal, columns, write: (text) => write(Deno.stdout, text) },
    interrupt: interrupt.signal,
    interruptedCode: () => came === "SIGTERM" ? 143 : 130,
    now: () => new Date(),
    drawSeed: (max) => crypto.getRandomValues(new Uint32Array(1))[0] % (max + 1),
    print: (text) => write(Deno.stdout, text),
    complain: (line) => write(Deno.stderr, `${line}\n`),
    exists: (path) => Deno.stat(path).then(() => true, () => false),
    hasRealToxiproxy: () => findRealToxiproxy() !== null,
    async namedToxiproxyProblem() {
      const real = findRealToxiproxy();
      if (real?.kind !== "running") return null;
      return await askToxiproxy(real.url).then(() => null, (error: Error) => error.message);
    },
    makeFolder: (path) => Deno.mkdir(path, { recursive: true }),
    async writeFile(path, text) {
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, text);
    },
  };
}
