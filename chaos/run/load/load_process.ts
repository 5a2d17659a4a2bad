/** The load of a run: a process of k6's, or of the runner where no k6 is on PATH. */
import { findLoadEngine } from "../../../tools/k6/mod.ts";
import { type RunningProcess, startProcess } from "../../../tools/processes/mod.ts";
import { type Subject, valuePath } from "../../subject/mod.ts";
import type { Guard } from "../../guard/mod.ts";
import { type LoadProfile, WAVE_IN_WINDOW_MS, wavesOf } from "../../vocabulary/mod.ts";
import { excerpt } from "./excerpt.ts";
import { type LoadSample, SampleReader } from "./load_windows.ts";
import { folderOf } from "./paths.ts";

/** How often new samples are looked for, in milliseconds. */
const TAIL_EVERY_MS = 100;
/** Longest a load runs by itself: it ends even if nobody asks it to. */
const DURATION_MAX = "15m";
/** Bytes of samples read at once. */
const READ_BYTES = 1 << 20;
/** First characters of stderr kept for messages: what comes later mostly follows from it. */
const STDERR_CHARS_MAX = 4_000;
/** Paths a load asks for, at most: they travel on its command line. */
export const LOAD_PATHS_MAX = 128;

/** What a load is started with. */
export interface LoadOptions {
  readonly profile: LoadProfile;
  readonly base_url: string;
  /** What is asked for, as {@link loadPaths} gives them. */
  readonly paths: readonly string[];
  /** Where its samples go meanwhile. */
  readonly dir: string;
  /** Epoch ms windows of the load are counted from: waves begin where windows do. */
  readonly epoch_of_start_ms: number;
  /** How long its waves come more often at first, in milliseconds; default 0. */
  readonly warm_up_ms?: number;
  readonly guard?: Guard;
  readonly onSample: (sample: LoadSample) => void;
}

/** A load that runs. */
export interface LoadProcess extends AsyncDisposable {
  readonly pid: number;
  readonly vus: number;
  /** An excerpt of what it said on stderr. */
  complaint(): string;
  /** Rejects where it ends before it is stopped, or where its samples cannot be read. */
  readonly failed: Promise<never>;
  /** Ends it; resolves when its last sample has been handed on. */
  stop(): Promise<void>;
}

/** What carries the load: `k6 v1.3.0` or `tools/k6`. */
export async function loadEngine(): Promise<{ name: string; command: readonly string[] }> {
  const { k6, command } = await findLoadEngine();
  return { name: k6 ?? "tools/k6", command };
}

/** Starts the load; its first samples come when its VUs are up, about a second later. */
export async function startLoad(options: LoadOptions): Promise<LoadProcess> {
  const { profile, base_url, paths, dir, guard, epoch_of_start_ms, warm_up_ms = 0 } = options;
  const { command } = await loadEngine();
  const samples_path = await Deno.makeTempFile({ dir, prefix: "load-", suffix: ".ndjson" });
  const waves = wavesOf(profile);
  const variables = {
    // Two labs on one machine do not ask at the same instants either: they start at others.
    ...moreThanNothing({
      WAVE_OFFSET_MS: waves === null ? 0 : (epoch_of_start_ms + WAVE_IN_WINDOW_MS) % waves.every_ms,
      WARM_UP_MS: warm_up_ms,
    }),
    ...profile.env,
    BASE_URL: base_url,
    DURATION: DURATION_MAX,
    PATHS: JSON.stringify(paths),
    GATE: "off",
    OUT_DIR: dir,
  };
  const child = startProcess(
    [
      ...command,
      "run",
      "--quiet",
      ...Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      "--out",
      `json=${samples_path}`,
      decodeURIComponent(new URL(`k6/${profile.profile}.js`, folderOf("bench")).pathname),
    ],
    { env: { NO_COLOR: "1", ...guard?.env }, stderr: "piped", detached: true },
  );
  await guard?.watchProcess(child.pid, "load").catch(() => {});
  return follow(child, samples_path, options);
}

function follow(
  child: RunningProcess,
  samples_path: string,
  { profile, guard, onSample }: LoadOptions,
): LoadProcess {
  const file = Deno.openSync(samples_path);
  const reader = new SampleReader(onSample);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(READ_BYTES);
  const trouble = Promise.withResolvers<never>();
  trouble.promise.catch(() => {}); // a run that has ended already looks at it no more
  let stopping = false, stderr = "";
  const drain = () => {
    for (let n; (n = file.readSync(buffer)) !== null && n > 0;) {
      reader.feed(decoder.decode(buffer.subarray(0, n), { stream: true }));
    }
  };
  const tail = setInterval(() => {
    try {
      drain();
    } catch (error) {
      clearInterval(tail);
      trouble.reject(error);
    }
  }, TAIL_EVERY_MS);
  const kept = keepStderr(child.stderr, (text) => {
    stderr = (stderr + text).slice(0, STDERR_CHARS_MAX);
  });
  const status = child.ended.then(async ({ code }) => {
    await kept;
    if (!stopping) {
      trouble.reject(new Error(`The load ended with exit code ${code}: ${excerpt(stderr)}`));
    }
  });
  let stopped: Promise<void> | null = null;
  const end = async () => {
    stopping = true;
    await child.stop();
    await status;
    clearInterval(tail);
    try {
      drain();
    } finally {
      file.close();
      await Deno.remove(samples_path).catch(() => {}); // its folder goes with the run
      await guard?.forget(child.pid).catch(() => {});
    }
  };
  const stop = () => stopped ??= end();
  return {
    pid: child.pid,
    vus: Number(profile.env.VUS ?? 0),
    complaint: () => excerpt(stderr),
    failed: trouble.promise,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Profiles take no 0: it is what they do anyway. */
function moreThanNothing(variables: Readonly<Record<string, number>>): Record<string, string> {
  const given = Object.entries(variables).filter(([, value]) => value > 0);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** What the load asks for: cells drawn by `random`, as many as fit. */
export function loadPaths(
  subject: Subject,
  switches: readonly string[],
  metrics: readonly string[],
  random: () => number,
): string[] {
  const pairs = switches.flatMap((one) => metrics.map((metric) => [one, metric] as const));
  const paths: string[] = [];
  while (paths.length < LOAD_PATHS_MAX && pairs.length > 0) {
    const [[one, metric]] = pairs.splice(Math.floor(random() * pairs.length), 1);
    paths.push(valuePath(subject, one, metric));
  }
  return paths;
}

async function keepStderr(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onText: (text: string) => void,
): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) onText(text);
}
