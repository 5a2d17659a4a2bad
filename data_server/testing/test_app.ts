/** The app on a small matrix, in virtual time, without a socket. */
import { createApp, ENDPOINTS } from "../app.ts";
import type { Profile } from "../config.ts";
import { createCsvBuffer, type Simulation } from "../simulation.ts";
import { Delays, type FaultSettings } from "../faults.ts";
import { SnapshotGenerator } from "../source.ts";
import { FabricSimulation } from "../profile_fabric.ts";
import { UfmSimulation } from "../profile_ufm.ts";
import { RANDOM_STREAMS, Sfc32 } from "../random.ts";
import { SnapshotStore } from "../snapshot_store.ts";
import { RecordingLog } from "./recording_log.ts";
import { VirtualTime } from "./virtual_time.ts";

export const START_MS = 1_764_000_000_000;
export const SWITCHES = 6;
/** Ports of each switch in the ufm profile. */
export const PORTS = 4;
const NO_FAULTS: FaultSettings = { error_pct: 0, slow_ms: 0 };

/** An app with its first snapshot; `tick` takes the next snapshot, `send` sends a request. */
export async function createTestApp(
  profile: Profile = "fabric",
  faults: FaultSettings = NO_FAULTS,
) {
  const time = new VirtualTime(START_MS);
  const log = new RecordingLog(ENDPOINTS);
  const simulation = profile === "ufm"
    ? new UfmSimulation({
      switches: SWITCHES,
      ports: PORTS,
      fields: 9,
      seed: 1,
      start_ms: START_MS,
    })
    : new FabricSimulation({ switches: SWITCHES, fields: 3, seed: 1 });
  const store = new SnapshotStore(() => createCsvBuffer(simulation));
  const pause = () => Promise.resolve();
  const generator = new SnapshotGenerator({
    simulation,
    store,
    boot: "boot",
    interval_ms: 10_000,
    clock: time,
    pause,
    log: new RecordingLog(),
  });
  await generator.tick(0);
  const delays = new Delays(time.timer);
  const fault_random = new Sfc32(42, RANDOM_STREAMS.faults);
  const figures = () => ({
    started_epoch_ms: START_MS,
    resident_bytes: 1_000_000,
    lines_dropped: 0,
    heaps: [],
    block_max_ms: [],
    deno: "9.9.9",
  });
  const app = createApp({
    profile,
    store,
    faults,
    fault_random,
    delays,
    clock: time,
    log,
    figures,
  });
  const send = (path: string, init?: RequestInit) =>
    app(withHost(new Request(`http://localhost:9001${path}`, init)));
  return { send, time, log, delays, tick: () => generator.tick(0) };
}

export function conditional(if_none_match: string): RequestInit {
  return { headers: { "if-none-match": if_none_match } };
}

export function rowsOf(simulation: Simulation, taken_at_ms = 0): string {
  const bytes = new Uint8Array(simulation.switches * simulation.switch_bytes_max);
  const offsets = new Uint32Array(simulation.switches + 1);
  const end = simulation.write(0, simulation.switches, bytes, 0, taken_at_ms, offsets);
  return new TextDecoder().decode(bytes.subarray(0, end));
}

/** Clients send `Host`; a `Request` that is made here has none. */
function withHost(request: Request): Request {
  if (!request.headers.has("host")) request.headers.set("host", new URL(request.url).host);
  return request;
}
