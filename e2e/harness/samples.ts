/** CSV samples with known values. */
import { switchName } from "../../contracts/mod.ts";

/** A fabric sample of so many switches; `seed` moves every value, so that snapshots differ. */
export function fabricSample(switches: number, seed = 0): string {
  const rows = Array.from(
    { length: switches },
    (_, i) => `${switchName(i)},${100 + i + seed / 8},${1.5 + i},${i * 10 + seed}\n`,
  );
  return `switch_id,bandwidth_gbps,latency_us,packet_errors\n${rows.join("")}`;
}

/** A sample of `rows` × `fields` whose JSON list is about 22 bytes a cell. */
export function wideSample(rows: number, fields: number): string {
  const names = Array.from({ length: fields }, (_, f) => `counter_${f}`);
  const cells = names.map((_, f) => `${1_000_000_000 + f}`).join(",");
  const lines = Array.from({ length: rows }, (_, row) => `${switchName(row)},${cells}\n`);
  return `switch_id,${names.join(",")}\n${lines.join("")}`;
}
