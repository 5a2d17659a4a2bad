/** Messages from the lab to its guard: one JSON object per line. */
import type { ProcessIdentity } from "./processes.ts";

/** First line of the guard's stdout. From then on, only the end of its input ends it. */
export const READY = "ready";

/** A proxy server that ran before the lab. */
export interface WatchedProxy {
  /** `http://127.0.0.1:8474`. */
  readonly api: string;
  /** The names of the lab's proxies start with it. */
  readonly prefix: string;
}

/** A message. */
export type GuardMessage =
  | { readonly tell: "mark"; readonly name: string; readonly value: string }
  | { readonly tell: "process"; readonly process: ProcessIdentity; readonly name: string }
  | { readonly tell: "forget"; readonly pid: number }
  | { readonly tell: "proxy"; readonly proxy: WatchedProxy }
  | { readonly tell: "folder"; readonly path: string }
  | { readonly tell: "done" };

/** State from all messages so far. */
export interface Watched {
  readonly processes: Map<number, { identity: ProcessIdentity; name: string }>;
  readonly proxies: Map<string, WatchedProxy>;
  readonly folders: Set<string>;
  mark: { name: string; value: string } | null;
  done: boolean;
}

export function nothingWatched(): Watched {
  return { processes: new Map(), proxies: new Map(), folders: new Set(), mark: null, done: false };
}

/** Applies one line, and ignores lines that are not JSON. */
export function take(watched: Watched, line: string): void {
  let message: GuardMessage;
  try {
    message = JSON.parse(line);
  } catch {
    return; // cut off by the lab's death
  }
  switch (message.tell) {
    case "mark":
      watched.mark = { name: message.name, value: message.value };
      break;
    case "process":
      watched.processes.set(message.process.pid, {
        identity: message.process,
        name: message.name,
      });
      break;
    case "forget":
      watched.processes.delete(message.pid);
      break;
    case "proxy":
      watched.proxies.set(message.proxy.api, message.proxy);
      break;
    case "folder":
      watched.folders.add(message.path);
      break;
    case "done":
      watched.done = true;
  }
}
