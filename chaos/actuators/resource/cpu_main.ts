/**
 * Keeps `SHARE` of `WORKERS` cores busy for `LIFE_MS`. A hit is a slice of 10 ms.
 *
 *     deno run --allow-read=chaos/actuators/resource chaos/actuators/resource/cpu_main.ts \
 *       LIFE_MS WORKERS SHARE
 */
import { startLife } from "./life.ts";

const [life_ms, workers, share] = Deno.args.map(Number);
const life = startLife(life_ms);

for (let i = 0; i < workers; i++) {
  const worker = new Worker(new URL("./cpu_worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => life.add(data);
  worker.postMessage({ share, life_ms });
}
