/**
 * Exports the source's table to Prometheus, as it is at the time of the scrape, with the source's
 * own timestamps. Writes its address to a file for `file_sd_configs`, and ends with its parent.
 *
 *     deno run --allow-all exporter.ts TARGETS_FILE SOURCE_URL
 */
const [targets_file, source_url] = Deno.args;

const parent = Deno.ppid;
setInterval(() => Deno.ppid === parent || Deno.exit(0), 200);

const { addr } = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  try {
    const answer = await fetch(source_url, { signal: request.signal });
    const body = await answer.text();
    if (!answer.ok) return new Response(`the source answered ${answer.status}`, { status: 502 });
    return new Response(exposition(body, answer.headers.get("x-snapshot-ts") ?? ""));
  } catch (error) {
    return new Response(String(error), { status: 502 });
  }
});
Deno.writeTextFileSync(targets_file, JSON.stringify([{ targets: [`127.0.0.1:${addr.port}`] }]));

/** Text format 0.0.4: `latency_us{switch_id="sw-001"} 12 1700000000000`. Skips missing values. */
function exposition(csv: string, taken_ms: string): string {
  const [header, ...rows] = csv.trimEnd().split("\n").map((line) => line.trimEnd().split(","));
  return header.slice(1).flatMap((metric, i) =>
    rows.filter((cells) =>
      cells.length === header.length && Number.isFinite(parseFloat(cells[i + 1]))
    )
      .map((cells) => `${metric}{switch_id="${cells[0]}"} ${cells[i + 1]} ${taken_ms}\n`)
  ).join("");
}
