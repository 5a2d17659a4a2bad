/**
 * The control: a `Deno.serve` with one fixed response, as large as an answer of GetMetric and with
 * the same headers. It gets the same load as the subject in the same seconds, so that what slows
 * both is not blamed on the subject. Argument: the port on 127.0.0.1.
 */
const body = new TextEncoder().encode(JSON.stringify({
  switch_id: "sw-000",
  metric: "bandwidth_gbps",
  value: 66.4,
  snapshot_id: "mx3ezyqt66wh7qyt-1",
  age_ms: 1000,
}));
const init = {
  headers: new Headers({
    "content-type": "application/json",
    "etag": 'W/"mx3ezyqt66wh7qyt-1"',
    "x-data-age-ms": "1000",
    "x-snapshot-ts": "1796052018346",
    "cache-control": "no-cache",
  }),
};

Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen() {} },
  // Deno creates no Request for a handler without a parameter: a shortcut the subject cannot take.
  (_request) => new Response(body, init),
);
