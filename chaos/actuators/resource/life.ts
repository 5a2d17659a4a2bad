/** Time between two reports, in milliseconds. */
const REPORT_EVERY_MS = 200;

/** Reports hits as JSON lines on stdout, and ends the process after `life_ms`. */
export function startLife(life_ms: number): { add(hits: number): void } {
  let hits = 0, reported = 0;
  const report = () => {
    if (hits === reported) return;
    reported = hits;
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ hits }) + "\n"));
  };
  setInterval(report, REPORT_EVERY_MS);
  setTimeout(() => Deno.exit(0), life_ms);
  return {
    add(more) {
      const is_first = hits === 0;
      hits += more;
      if (is_first) report();
    },
  };
}
