/**
 * A source whose own work is done before the measurement: two large CSV bodies, built at the start
 * and sent in turn by {@link refreshHandler}. `PORT` is the port on 127.0.0.1.
 */
import { buildMatrix } from "./sample/matrix.ts";
import { REFRESH_POLL_MS, refreshHandler } from "./rig/mod.ts";

const SWITCHES = 100_000;
const FIELDS = 30;

const bodies = [1, 2].map((edition) => buildMatrix(SWITCHES, FIELDS, edition));

Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} },
  refreshHandler(bodies, REFRESH_POLL_MS, Date.now),
);
