/**
 * The guard's input: JSON lines. Each line has everything to clean up if the lab dies then, so only
 * the last complete line counts.
 */
import type { Victim } from "./processes.ts";

/** First line of the guard's stdout. From then on, only the end of its input ends it. */
export const READY = "ready";

/** A proxy server that ran before the lab. */
export interface WatchedProxy {
  /** `http://127.0.0.1:8474`. */
  readonly api: string;
  /** The names of the lab's proxies start with it. */
  readonly prefix: string;
}

export interface Watched {
  /** Environment variable of the lab's processes. */
  readonly mark: { readonly name: string; readonly value: string };
  readonly processes: readonly Victim[];
  readonly proxies: readonly WatchedProxy[];
  readonly folders: readonly string[];
  /** The lab has cleaned up itself. */
  readonly done: boolean;
}
