/**
 * A server for tests of processes: it answers 503 and logs each request on stdout. HOW is one of
 *
 * - `serve`: serves until it is ended
 * - `end`: ends with code 3 after its first answer
 * - `mute`: never listens
 * - `stubborn`: ignores SIGTERM
 * - `parent`: serves from a child, as nginx does from its workers
 * - `once`: refuses to start a second time, when the file MARK exists
 *
 *     deno run -A chaos/subject/testing/small_server.ts PORT HOW MARK
 */
const [port, how, mark] = Deno.args;

function say(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  stream.writeSync(new TextEncoder().encode(line + "\n"));
}

say(Deno.stderr, `${how} is starting`);
if (how === "once") {
  try {
    Deno.writeTextFileSync(mark, "", { createNew: true });
  } catch {
    say(Deno.stderr, "was here before");
    Deno.exit(4);
  }
}
if (how === "stubborn") Deno.addSignalListener("SIGTERM", () => {});
if (how === "mute") setInterval(() => {}, 1000);
else if (how === "parent") {
  const args = ["run", "-A", import.meta.url, port, "serve"];
  await new Deno.Command(Deno.execPath(), { args }).spawn().status;
} else {
  Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen: () => {} }, () => {
    say(Deno.stdout, `{"event":"asked"}`);
    if (how === "end") setTimeout(() => Deno.exit(3), 50);
    return new Response("no data yet", { status: 503 });
  });
}
