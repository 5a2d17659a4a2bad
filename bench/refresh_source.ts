/**
 * Source of two large CSV bodies, built at the start and sent in rotation ({@link refreshHandler}).
 * `SWITCHES` × `FIELDS` is their size, `PORT` the port on 127.0.0.1.
 */
import { buildMatrix, REFRESH_POLL_MS, refreshHandler } from "./rig/mod.ts";

const SWITCHES = Number(Deno.env.get("SWITCHES"));
const FIELDS = Number(Deno.env.get("FIELDS"));

const bodies = [1, 2].map((edition) => buildMatrix(SWITCHES, FIELDS, edition));

Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} },
  refreshHandler(bodies, REFRESH_POLL_MS, Date.now),
);
