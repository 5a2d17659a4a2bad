/** What the lab tells its guard: one JSON object a line. */
import type { ProcessIdentity } from "./processes.ts";

/** First line of the guard's stdout: from now on only the end of its input ends it. */
export const READY = "ready";

/** A proxy server that was there before the lab, and how it was found. */
export interface WatchedProxy {
  /** `http://127.0.0.1:8474`. */
  readonly api: string;
  /** Its answer to `GET /proxies` before the lab touched it. */
  readonly before: unknown;
  /** Where set, only proxies whose names start with it are touched: they are removed. */
  readonly prefix?: string;
}

/** One line. */
export type GuardMessage =
  | { readonly tell: "mark"; readonly name: string; readonly value: string }
  | { readonly tell: "process"; readonly process: ProcessIdentity; readonly name: string }
  | { readonly tell: "forget"; readonly pid: number }
  | { readonly tell: "proxy"; readonly proxy: WatchedProxy }
  | { readonly tell: "folder"; readonly path: string }
  | { readonly tell: "done" };

/** All that was told and not taken back. */
export interface Watched {
  readonly processes: Map<number, { identity: ProcessIdentity; name: string }>;
  readonly proxies: Map<string, WatchedProxy>;
  readonly folders: Set<string>;
  mark: { name: string; value: string } | null;
  done: boolean;
}

/** Nothing told yet. */
export function nothingWatched(): Watched {
  return { processes: new Map(), proxies: new Map(), folders: new Set(), mark: null, done: false };
}

/** Takes one line in; what is no message is left out, since a guard must not fall over one. */
export function take(watched: Watched, line: string): void {
  let message: GuardMessage;
  try {
    message = JSON.parse(line);
  } catch {
    return; // a line the lab did not live to finish
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
