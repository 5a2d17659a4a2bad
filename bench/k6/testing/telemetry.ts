/** Delay of a response, in milliseconds; closed loops then leave the cores to other tests. */
const DELAY_MS = 10;

/** Serves the routes of metrics_server, with data of the given age. */
export function serveTelemetry(age_ms: number) {
  const problem = (status: number, detail: string) =>
    Response.json({ status, detail }, {
      status,
      headers: { "content-type": "application/problem+json" },
    });
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
    const { pathname, searchParams } = new URL(request.url);
    const switch_id = searchParams.get("switch_id"), metric = searchParams.get("metric");
    const headers = { "x-data-age-ms": String(age_ms), etag: '"1"' };
    switch (pathname) {
      case "/readyz":
        return Response.json({ ok: true });
      case "/telemetry/ListMetrics":
        if (request.headers.get("if-none-match") === '"1"') {
          return new Response(null, { status: 304, headers });
        }
        return Response.json({
          fields: ["bandwidth_gbps", "latency_us"],
          items: [{ switch_id: "sw-000" }, { switch_id: "a b/ü" }],
        }, { headers });
      default:
        if (metric === null) return problem(400, "metric is missing");
        if (switch_id === "no-such-switch") return problem(404, `unknown switch ${switch_id}`);
        return Response.json({ switch_id, metric, value: 1.5, age_ms }, { headers });
    }
  });
}
