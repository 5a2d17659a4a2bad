/** Time between two reports, in milliseconds. */
const REPORT_EVERY_MS = 200;

/** Reports hits and cut answers as JSON lines on stdout, and ends the process after `life_ms`. */
export function startLife(life_ms: number): { add(hits: number, cut?: number): void } {
  let hits = 0, cut = 0, reported = 0;
  const report = () => {
    if (hits + cut === reported) return;
    reported = hits + cut;
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ hits, cut }) + "\n"));
  };
  setInterval(report, REPORT_EVERY_MS);
  setTimeout(() => Deno.exit(0), life_ms);
  return {
    add(more, more_cut = 0) {
      const is_first = hits === 0;
      hits += more;
      cut += more_cut;
      if (is_first) report();
    },
  };
}
