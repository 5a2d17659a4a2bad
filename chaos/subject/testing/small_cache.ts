/**
 * A polling cache that stands for another project's: it reads SOURCE_URL, PORT and POLL_MS, and
 * reports the age in the body, in seconds.
 */
const { SOURCE_URL, PORT, POLL_MS } = Deno.env.toObject();

let rows = new Map<string, string[]>();
let columns: string[] = [];
let fetched_ms: number | null = null;

setInterval(poll, Number(POLL_MS));
poll();

Deno.serve({ hostname: "127.0.0.1", port: Number(PORT), onListen: () => {} }, (request) => {
  const { pathname, searchParams } = new URL(request.url);
  if (fetched_ms === null) return new Response("nothing yet", { status: 503 });
  if (pathname === "/ready") return new Response("ready");
  const cells = rows.get(searchParams.get("id") ?? "");
  const value = cells?.[columns.indexOf(searchParams.get("field") ?? "")];
  return Response.json({ data: { value }, age_s: (Date.now() - fetched_ms) / 1000 });
});

async function poll(): Promise<void> {
  try {
    const response = await fetch(SOURCE_URL, { signal: AbortSignal.timeout(1_000) });
    const text = await response.text();
    if (!response.ok) return;
    const [header, ...lines] = text.trimEnd().split("\n").map((line) => line.split(","));
    columns = header;
    rows = new Map(lines.map((cells) => [cells[0], cells]));
    fetched_ms = Number(response.headers.get("x-snapshot-ts"));
  } catch {
    // The next poll tries again.
  }
}
