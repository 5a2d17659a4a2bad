import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { createCsvBuffer, writeCsv } from "./simulation.ts";
import { FabricSimulation } from "./profile_fabric.ts";
import { rowsOf } from "./testing/test_app.ts";

const CELLS_PER_LOOK = 8_192;
const SLICE_MS = 4;
const SIZES = { switches: 5_000, fields: 30, seed: 1 };
const NEVER = new AbortController().signal;

/** Time that advances by `look_ms` at every clock reading. */
function pacing(look_ms: number) {
  let now_ms = 0;
  const slices_ms: number[] = [];
  let slice_start_ms = 0;
  return {
    slices_ms,
    now_ms: () => now_ms += look_ms,
    pause: () => {
      slices_ms.push(now_ms - slice_start_ms);
      slice_start_ms = now_ms;
      return Promise.resolve();
    },
  };
}

async function textOf(simulation: FabricSimulation, look_ms: number): Promise<string> {
  const buffer = createCsvBuffer(simulation);
  const written = await writeCsv(simulation, buffer, {
    advance: true,
    taken_at_ms: 0,
    pacing: pacing(look_ms),
    signal: NEVER,
  });
  return new TextDecoder().decode(buffer.bytes.subarray(0, written));
}

Deno.test("writeCsv writes the header row, every switch and a final line end", async () => {
  const simulation = new FabricSimulation({ switches: 3, fields: 3, seed: 1 });
  const text = await textOf(simulation, 0);
  assertEquals(
    text,
    "switch_id,bandwidth_gbps,latency_us,packet_errors\n" + rowsOf(simulation),
  );
  assertEquals(text.endsWith("\n"), true);
});

Deno.test("writeCsv does not change the simulation without advance", async () => {
  const simulation = new FabricSimulation(SIZES);
  const drawn = rowsOf(simulation);
  const options = { advance: false, taken_at_ms: 0, pacing: pacing(0), signal: NEVER };
  await writeCsv(simulation, createCsvBuffer(simulation), options);
  assertEquals(rowsOf(simulation), drawn);
});

Deno.test("writeCsv pauses after every slice and writes the same bytes", async () => {
  const pace = pacing(SLICE_MS / 2);
  const simulation = new FabricSimulation(SIZES);
  const buffer = createCsvBuffer(simulation);
  const options = { advance: true, taken_at_ms: 0, pacing: pace, signal: NEVER };
  const written = await writeCsv(simulation, buffer, options);
  const looks = Math.ceil(SIZES.switches * (SIZES.fields + 1) / CELLS_PER_LOOK);
  assertGreater(pace.slices_ms.length, looks / 4);
  assertLessOrEqual(Math.max(...pace.slices_ms), SLICE_MS * 2);
  assertEquals(
    new TextDecoder().decode(buffer.bytes.subarray(0, written)),
    await textOf(new FabricSimulation(SIZES), 0),
  );
});

Deno.test("writeCsv returns undefined when aborted", async () => {
  const simulation = new FabricSimulation(SIZES);
  const stop = new AbortController();
  const pace = pacing(SLICE_MS);
  const written = await writeCsv(simulation, createCsvBuffer(simulation), {
    advance: true,
    taken_at_ms: 0,
    pacing: { ...pace, pause: () => Promise.resolve(stop.abort()) },
    signal: stop.signal,
  });
  assertEquals(written, undefined);
});

Deno.test("writeCsv records the offset of each switch and the end", async () => {
  const simulation = new FabricSimulation({ switches: 4, fields: 3, seed: 1 });
  const buffer = createCsvBuffer(simulation);
  const options = { advance: true, taken_at_ms: 0, pacing: pacing(0), signal: NEVER };
  const written = await writeCsv(simulation, buffer, options);
  const text = new TextDecoder().decode(buffer.bytes.subarray(0, written));
  const starts = [0, 1, 2, 3].map((index) => text.indexOf(`sw-00${index},`));
  assertEquals([...buffer.switch_offsets], [...starts, text.length]);
});
