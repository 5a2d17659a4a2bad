import { assertEquals, assertGreater, assertStringIncludes, assertThrows } from "@std/assert";
import { freePort } from "../tools/processes/mod.ts";
import { ConfigError } from "./env/config_error.ts";
import { claimPort, type HttpServer, serveHttp } from "./listen.ts";

/** Longest drain in these tests that is expected to succeed. */
const DRAIN_MS = 5_000;

function serve(
  handler: Parameters<typeof serveHttp>[0]["handler"],
  options: Partial<Parameters<typeof serveHttp>[0]> = {},
): HttpServer {
  return serveHttp({ hostname: "127.0.0.1", port: 0, variable: "PORT", handler, ...options });
}

const answerOk = () => new Response("ok");

/** A request over its own connection, which stays open until the server closes it. */
async function request(server: HttpServer, text = "GET / HTTP/1.1\r\nHost: x\r\n\r\n") {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await connection.write(new TextEncoder().encode(text));
  return connection;
}

/** Whether a new connection gets bytes; refused, reset and closed are all a no. */
async function isAnswered(server: HttpServer): Promise<boolean> {
  try {
    using connection = await request(server);
    return await connection.read(new Uint8Array(1)) !== null;
  } catch (error) {
    const refused = error instanceof Deno.errors.ConnectionRefused;
    if (refused || error instanceof Deno.errors.ConnectionReset) return false;
    throw error;
  }
}

Deno.test("serveHttp picks a free port for 0 and returns a URL that answers", async () => {
  const server = serve(answerOk);
  assertEquals(server.url, `http://127.0.0.1:${server.port}`);
  assertEquals(await (await fetch(server.url)).text(), "ok");
  assertEquals(await server.shutdown(DRAIN_MS), true);
  await server.finished;
});

Deno.test("serveHttp returns a reachable URL if it listens on every address", async () => {
  for (const [hostname, host] of [["0.0.0.0", "127.0.0.1"], ["::", "[::1]"], ["::1", "[::1]"]]) {
    const server = serve(answerOk, { hostname });
    assertEquals(server.url, `http://${host}:${server.port}`);
    await server.shutdown(DRAIN_MS);
  }
});

Deno.test("serveHttp and claimPort take an IPv6 address in the brackets it has in a URL", async () => {
  for (const hostname of ["[::1]", "[::]"]) {
    const server = serve(answerOk, { hostname });
    const { port } = server;
    assertEquals(server.url, `http://[::1]:${port}`);
    assertEquals(await (await fetch(server.url)).text(), "ok");
    // Only an address that was understood can be in use. A free port could be taken meanwhile.
    const error = assertThrows(() => claimPort({ hostname, port, variable: "PORT" }), ConfigError);
    assertStringIncludes(error.message, `PORT=${port}: already in use on ${hostname}`);
    await server.shutdown(DRAIN_MS);
  }
});

Deno.test("serveHttp refuses a port that is taken and says what to do", async () => {
  const holder = serve(answerOk);
  const error = assertThrows(() => serve(answerOk, { port: holder.port }), ConfigError);
  assertEquals(
    error.message,
    `PORT=${holder.port}: already in use on 127.0.0.1: stop the program that holds it, ` +
      "or set PORT to a free port (0 picks one)",
  );
  await holder.shutdown(DRAIN_MS);
});

Deno.test("serveHttp refuses an address that is not this machine's and names it", () => {
  // 192.0.2.0/24 is reserved for documentation: no machine has it.
  for (const hostname of ["192.0.2.1", "a b"]) {
    const error = assertThrows(() => serve(answerOk, { hostname, port: 8080 }), ConfigError);
    assertEquals(
      error.message,
      `BIND_HOST=${hostname}: not an address of this machine: use 0.0.0.0 for all of them, ` +
        "or 127.0.0.1 for this machine only",
    );
  }
});

Deno.test("serveHttp answers a throwing handler with a 500 problem without internals", async () => {
  const told: unknown[] = [];
  const defect = new Error("secret detail");
  const server = serve(() => {
    throw defect;
  }, { onError: (error) => told.push(error) });
  const response = await fetch(server.url);
  const body = await response.text();
  assertEquals(response.status, 500);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  assertEquals(JSON.parse(body), {
    type: "urn:fabric-telemetry:problem:internal",
    title: "Internal Server Error",
    status: 500,
    detail: "The service failed to answer this request: see its log",
  });
  assertEquals(told, [defect]);
  await server.shutdown(DRAIN_MS);
});

Deno.test("serveHttp answers 500, too, if a promise rejects and onError throws", async () => {
  const server = serve(() => Promise.reject(new Error("secret")), {
    onError: () => {
      throw new Error("worse");
    },
  });
  const response = await fetch(server.url);
  assertEquals(response.status, 500);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  assertEquals((await response.text()).includes("secret"), false);
  await server.shutdown(DRAIN_MS);
});

Deno.test("shutdown lets an answer under way finish, and accepts no new connection", async () => {
  const received = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const server = serve(async () => {
    received.resolve();
    await release.promise;
    return new Response("late");
  }, { port: freePort() });
  const answer = fetch(server.url);
  await received.promise;
  const drained = server.shutdown(DRAIN_MS);
  assertEquals(await isAnswered(server), false);
  release.resolve();
  assertEquals(await (await answer).text(), "late");
  assertEquals(await drained, true);
});

Deno.test("shutdown closes connections that are idle or in the middle of a request", async () => {
  const server = serve(answerOk);
  const connections = [
    await request(server, ""),
    await request(server, "GET / HT"),
    await request(server),
  ];
  const buffer = new Uint8Array(4_096);
  await connections[2].read(buffer);
  assertEquals(await server.shutdown(DRAIN_MS), true);
  for (const connection of connections) {
    assertEquals(await connection.read(buffer), null);
    connection.close();
  }
});

Deno.test("shutdown() is false if an answer takes longer than the timeout", async () => {
  const received = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const server = serve(async () => {
    received.resolve();
    await release.promise;
    return new Response("too late");
  });
  const connection = await request(server);
  await received.promise;
  assertEquals(await server.shutdown(10), false);
  release.resolve();
  await server.finished;
  connection.close();
});

Deno.test("claimPort refuses a port that is taken", () => {
  using holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = holder.addr;
  const error = assertThrows(
    () => claimPort({ hostname: "127.0.0.1", port, variable: "PORT" }),
    ConfigError,
  );
  assertStringIncludes(error.message, `PORT=${port}: already in use on 127.0.0.1`);
});

Deno.test("claimPort leaves a free port free, and lets 0 pick one", () => {
  const port = freePort();
  claimPort({ hostname: "127.0.0.1", port, variable: "PORT" });
  claimPort({ hostname: "127.0.0.1", port: 0, variable: "PORT" });
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

Deno.test("serveHttp listens again after running out of descriptors; stop waits for earlier requests", async () => {
  const program = `${import.meta.dirname}/testing/serve_program.ts`;
  const limited = 'ulimit -n 64 && exec "$0" run --no-prompt --allow-net "$1"';
  await using child = new Deno.Command("sh", {
    args: ["-c", limited, Deno.execPath(), program],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number((await lines.read()).value);
  const slow = await Deno.connect({ hostname: "127.0.0.1", port });
  await slow.write(new TextEncoder().encode("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n"));
  const connections: Deno.Conn[] = [];
  for (let n = 0; n < 100; n++) {
    // Refused from the moment on at which accepting failed.
    await Deno.connect({ hostname: "127.0.0.1", port }).then(
      (connection) => connections.push(connection),
      () => {},
    );
  }
  assertGreater(connections.length, 30);
  for (const connection of connections) connection.close();
  const deadline_ms = performance.now() + 10_000;
  let answer = "";
  while (answer !== "ok" && performance.now() < deadline_ms) {
    answer = await fetch(`http://127.0.0.1:${port}`).then((r) => r.text(), () => "");
  }
  assertEquals(answer, "ok");
  child.kill("SIGTERM");
  const whole = await new Response(slow.readable).text();
  assertStringIncludes(whole, "slow, and whole");
  assertEquals((await child.status).code, 0);
  await lines.cancel();
});
