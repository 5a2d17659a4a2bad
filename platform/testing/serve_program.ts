/** Serves `ok` on a free port, prints the port, and ends with SIGTERM. */
import { serveHttp } from "../listen.ts";
import { onStopSignal } from "../stop.ts";

const server = serveHttp({
  hostname: "127.0.0.1",
  port: 0,
  variable: "PORT",
  handler: () => new Response("ok"),
  onError: () => {},
});
Deno.stdout.writeSync(new TextEncoder().encode(`${server.port}\n`));
await onStopSignal();
await server.shutdown(1000);
Deno.exit(0);
