import { assertEquals } from "@std/assert";
import { isBlockedPort } from "./url_list.ts";

/** No port above 10080 is on the list. */
const PORTS_TRIED_MAX = 10_100;

Deno.test("isBlockedPort matches exactly the ports that this Deno's fetch blocks", async () => {
  // A closed client: fetch to an unblocked port fails without a connection.
  const client = Deno.createHttpClient({});
  client.close();
  const isRefused = async (port: number) => {
    const error = await fetch(`http://127.0.0.1:${port}/`, { client }).catch((error) => error);
    return (error as Error).message.includes("are blocked");
  };
  const differing: number[] = [];
  for (let port = 0; port <= PORTS_TRIED_MAX; port++) {
    if (isBlockedPort(port) !== await isRefused(port)) differing.push(port);
  }
  assertEquals(differing, []);
});
