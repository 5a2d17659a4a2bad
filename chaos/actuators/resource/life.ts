/** What the programs of this folder have in common: they say what they do, and end by themselves. */

/** How often hits are told, in milliseconds. */
export const TELL_EVERY_MS = 200;

/** Tells on stdout, a JSON object a line, how often something was done; ends the process in time. */
export function startLife(life_ms: number): { add(hits: number): void } {
  let hits = 0, told = 0;
  const tell = () => {
    if (hits === told) return;
    told = hits;
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ hits }) + "\n"));
  };
  setInterval(tell, TELL_EVERY_MS);
  setTimeout(() => Deno.exit(0), life_ms);
  return {
    add(more) {
      const is_first = hits === 0;
      hits += more;
      if (is_first) tell();
    },
  };
}
