/** The load of a run: a process of k6, or of the project's runner if k6 is not on PATH. */
import { findLoadEngine, type LoadEngine } from "../../../tools/k6/mod.ts";
import { type RunningProcess, startProcess } from "../../../tools/processes/mod.ts";
import type { Guard } from "../../guard/mod.ts";
import { type LoadProfile, WAVE_IN_WINDOW_MS, wavesOf } from "../../vocabulary/mod.ts";
import { excerpt } from "../messages.ts";
import type { LoadTarget } from "./load_answers.ts";
import { type LoadSample, SampleReader } from "./load_windows.ts";

const PROFILES = new URL("../../../bench/k6/", import.meta.url);
/** Time between two reads of new samples, in milliseconds. */
const TAIL_EVERY_MS = 100;
/** The load ends by itself after this time. */
const DURATION_MAX = "15m";
/** Bytes of samples read at once. */
const READ_BYTES = 1 << 20;
/** First characters of stderr, kept for messages. */
const STDERR_CHARS_MAX = 4_000;
export interface LoadOptions {
  readonly profile: LoadProfile;
  readonly base_url: string;
  /** URL of the control, which gets the same load; default: none. */
  readonly control_url?: string;
  readonly target: Pick<LoadTarget, "paths" | "has_answers">;
  /** Folder of the samples. */
  readonly dir: string;
  /** Start of the first window, in epoch milliseconds: waves are aligned with windows. */
  readonly epoch_of_start_ms: number;
  /** Length of the warm-up with more requests, in milliseconds; default 0. */
  readonly warm_up_ms?: number;
  readonly guard?: Guard;
  readonly onSample: (sample: LoadSample) => void;
}

export interface LoadProcess {
  readonly vus: number;
  complaint(): string;
  /** Rejects if the load ends by itself or its samples cannot be read. */
  readonly failed: Promise<never>;
  /** Ends the load; resolves after its last sample. */
  stop(): Promise<void>;
}

/** The load engine: `k6 v1.3.0` or `tools/k6`. */
export async function loadEngine(): Promise<Pick<LoadEngine, "command"> & { name: string }> {
  const { k6, command } = await findLoadEngine();
  return { name: k6 ?? "tools/k6", command };
}

/** Starts the load; its first samples arrive about a second later. */
export async function startLoad(options: LoadOptions): Promise<LoadProcess> {
  const { profile, base_url, control_url, target, dir, guard } = options;
  const { epoch_of_start_ms, warm_up_ms = 0 } = options;
  const { command } = await loadEngine();
  const samples_path = await Deno.makeTempFile({ dir, prefix: "load-", suffix: ".ndjson" });
  const waves = wavesOf(profile);
  const variables = {
    ...positiveOnly({
      WAVE_OFFSET_MS: waves === null ? 0 : (epoch_of_start_ms + WAVE_IN_WINDOW_MS) % waves.every_ms,
      WARM_UP_MS: warm_up_ms,
    }),
    ...profile.env,
    BASE_URL: base_url,
    ...(control_url === undefined ? {} : { CONTROL_URL: control_url }),
    DURATION: DURATION_MAX,
    PATHS: JSON.stringify(target.paths),
    ANSWERS: target.has_answers ? "on" : "off",
    GATE: "off",
    OUT_DIR: dir,
  };
  const child = startProcess(
    [
      ...command({ read: [decodeURIComponent(PROFILES.pathname)], write: [dir] }),
      ...["run", "--quiet"],
      ...Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
      ...["--out", `json=${samples_path}`],
      decodeURIComponent(new URL(`${profile.profile}.js`, PROFILES).pathname),
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
  trouble.promise.catch(() => {}); // ignored once the run has ended
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
  const kept = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr = (stderr + text).slice(0, STDERR_CHARS_MAX);
    }
  })();
  const ended = child.ended.then(async ({ code }) => {
    await kept;
    if (!stopping) {
      trouble.reject(new Error(`The load ended with exit code ${code}: ${excerpt(stderr)}`));
    }
  });
  let stopped: Promise<void> | null = null;
  const end = async () => {
    stopping = true;
    await child.stop();
    await ended;
    clearInterval(tail);
    try {
      drain();
    } finally {
      file.close();
      await Deno.remove(samples_path).catch(() => {}); // removed with its folder
      await guard?.forget(child.pid).catch(() => {});
    }
  };
  return {
    vus: Number(profile.env.VUS ?? 0),
    complaint: () => excerpt(stderr),
    failed: trouble.promise,
    stop: () => stopped ??= end(),
  };
}

/** Leaves out zeros, which the profiles reject. */
function positiveOnly(variables: Readonly<Record<string, number>>): Record<string, string> {
  const given = Object.entries(variables).filter(([, value]) => value > 0);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
