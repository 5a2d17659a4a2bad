/** Prints `ready`, then the signal that stops it. `--never-end`: continues after it. */
import { onStopSignal } from "../stop.ts";

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const stop = onStopSignal();
print("ready");
const work = Deno.args[0] === "--do-not-wait" ? undefined : setInterval(() => {}, 60_000);
stop.then((signal) => {
  print(signal);
  if (Deno.args[0] !== "--never-end") clearInterval(work);
});
