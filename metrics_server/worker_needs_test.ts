import { assertEquals } from "@std/assert";
import { type WorkerNeeds, workerOptions } from "../platform/mod.ts";
import { pollWorkerNeeds, serveWorkerNeeds } from "./worker_needs.ts";

const SOURCE = "http://127.0.0.1:1999/counters";
const HOSTS = ["127.0.0.1:1999", "127.0.0.1:1998", "localhost:1999", "127.0.0.1:2999"];

/** What code in a worker with these needs can do. */
async function done(needs: WorkerNeeds, folder: string): Promise<string[]> {
  const url = new URL("./testing/probe_worker.ts", import.meta.url);
  const worker = new Worker(url, workerOptions(needs));
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.postMessage({ hosts: HOSTS, folder });
  return await promise.finally(() => worker.terminate());
}

Deno.test("The poll worker reaches its sources and its store, no other host or file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const needs = (store: string) => pollWorkerNeeds([SOURCE], store);
    assertEquals(await done(needs(""), folder), ["fetch 127.0.0.1:1999"]);
    assertEquals(await done(needs(`file:${folder}`), folder), [
      "fetch 127.0.0.1:1999",
      "read folder",
    ]);
    assertEquals(await done(needs("redis://:pw@127.0.0.1:2999/0"), folder), [
      "fetch 127.0.0.1:1999",
      "fetch 127.0.0.1:2999",
    ]);
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("A serving thread reaches no source and reads the dashboard's files alone", async () => {
  const page = decodeURIComponent(new URL("./dashboard/page", import.meta.url).pathname);
  assertEquals(await done(serveWorkerNeeds("0.0.0.0", 8080), page), ["read folder"]);
});

Deno.test("The workers of the log and /metrics/fabric have no permission", async () => {
  assertEquals(await done({}, "."), []);
});

Deno.test("Addresses of sources have the port of their scheme, and brackets for IPv6", () => {
  const urls = ["http://a/x", "https://b/", "http://[::1]:9001/", "http://me:pw@c:81/"];
  assertEquals(pollWorkerNeeds(urls, "rediss://d/0").net, [
    "a:80",
    "b:443",
    "[::1]:9001",
    "c:81",
    "d:6379",
  ]);
  assertEquals(serveWorkerNeeds("::", 8080).net, ["[::]:8080"]);
});
