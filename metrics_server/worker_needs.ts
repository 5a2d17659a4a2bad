/** Permissions that workers need; those for the log and for /metrics/fabric need no permission. */
import type { WorkerNeeds } from "../platform/mod.ts";
import { redisAddress } from "./redis/mod.ts";
import { folderOf } from "./saved/mod.ts";

/** The sources, and the store: its folder, or its address. */
export function pollWorkerNeeds(urls: readonly string[], store: string): WorkerNeeds {
  const net = urls.map(addressOf);
  const folder = folderOf(store);
  if (folder !== null) return { net, read: [folder], write: [folder] };
  const redis = store === "" ? "" : redisAddress(store);
  return typeof redis === "string"
    ? { net }
    : { net: [...net, joined(redis.hostname, redis.port)] };
}

/** Its own address, and the dashboard's files. */
export function serveWorkerNeeds(hostname: string, port: number): WorkerNeeds {
  const page = decodeURIComponent(new URL("./dashboard/page/", import.meta.url).pathname);
  return { net: [joined(hostname, port)], read: [page] };
}

function addressOf(text: string): string {
  const { protocol, hostname, port } = new URL(text);
  return joined(hostname, port || (protocol === "https:" ? 443 : 80));
}

function joined(hostname: string, port: string | number): string {
  return hostname.includes(":") && !hostname.startsWith("[")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}
