/**
 * A replica that leads if it is the first to create the file STORE.
 *
 *     deno run --allow-net --allow-write small_replica.ts PORT STORE
 */
const [port, store] = Deno.args;

function roleIn(file: string): string {
  try {
    Deno.openSync(file, { createNew: true, write: true }).close();
    return "leader";
  } catch {
    return "follower";
  }
}

const role = roleIn(store);
Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen() {} }, () => {
  return Response.json({ role });
});
