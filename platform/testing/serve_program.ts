/**
 * Serves `ok` on a free port, prints the port, and ends with SIGTERM; `/slow` is answered some time
 * after that.
 */
import { serveHttp } from "../listen.ts";
import { onStopSignal } from "../stop.ts";

const SLOW_MS = 300;

const stop_signal = onStopSignal();
const server = serveHttp({
  hostname: "127.0.0.1",
  port: 0,
  variable: "PORT",
  handler: async ({ url }) => {
    if (!url.endsWith("/slow")) return new Response("ok");
    await stop_signal;
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    return new Response("slow, and whole");
  },
  onError: () => {},
});
Deno.stdout.writeSync(new TextEncoder().encode(`${server.port}\n`));
await stop_signal;
await server.shutdown(5000);
Deno.exit(0);
