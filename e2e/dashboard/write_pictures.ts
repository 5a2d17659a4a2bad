/** Takes the screenshots of the dashboard for the documentation. */
import { type Service, startDataServer, startMetricsServer } from "../harness/mod.ts";
import { type Look, openPage } from "./browser.ts";

const PICTURE_BYTES_MAX = 200_000;

const DOCS = new URL("../../docs/", import.meta.url);

interface Picture {
  readonly name: string;
  readonly switches: number;
  /** With ports, the fabric has UFM's shape. */
  readonly ports?: number;
  /** Of a wide fabric, which takes a slow machine longer. */
  readonly interval_s?: number;
  readonly look: Look;
  readonly hash?: string;
  readonly until: string;
  readonly is_outage?: boolean;
  readonly is_empty?: boolean;
}

const snapshots = (count: number) =>
  `Number(/(\\d+) snapshots/.exec(document.querySelector("#switch-note").innerText)?.[1]) >= ${count}`;
const is_fresh = `document.querySelector("#verdict").innerText === "Fresh" &&
  document.querySelectorAll("#table-body tr[data-place]").length > 0`;

const PICTURES: readonly Picture[] = [
  {
    name: "dashboard.png",
    switches: 64,
    look: {},
    hash: "#switch=sw-012",
    until: snapshots(11),
  },
  {
    name: "dashboard-ports.png",
    switches: 120,
    ports: 40,
    interval_s: 5,
    look: { height: 900 },
    until:
      `/^worst 100 of 4,800 ports · [1-9]/.test(document.querySelector("#table-note").innerText) && ${is_fresh}`,
  },
  {
    name: "dashboard-20000-dark.png",
    switches: 20_000,
    look: { dark: true },
    interval_s: 5,
    hash: "#metric=bandwidth_gbps&sort=-bandwidth_gbps",
    until: is_fresh,
  },
  {
    name: "dashboard-2000.png",
    switches: 2_000,
    look: {},
    hash: "#metric=latency_us&search=sw-12&sort=-latency_us",
    until: is_fresh,
  },
  {
    name: "dashboard-stale.png",
    switches: 64,
    look: { height: 620 },
    until: `document.querySelector("#verdict").innerText === "Stale" &&
      /^[5-9]/.test(document.querySelector("#age").innerText)`,
    is_outage: true,
  },
  {
    name: "dashboard-empty.png",
    switches: 64,
    look: { height: 420 },
    until: `/deno task data/.test(document.querySelector("#hints-list").innerText)`,
    is_empty: true,
  },
  {
    name: "dashboard-narrow.png",
    switches: 64,
    look: { width: 390, height: 844, dark: true },
    until: is_fresh,
  },
];

for (const picture of PICTURES) await draw(picture);

async function draw({ name, switches, look, hash = "", until, ...how }: Picture): Promise<void> {
  const { ports, interval_s = 1 } = how;
  const [path, profile] = ports === undefined
    ? ["/counters", {}]
    : ["/csv/metrics", { DATA_PROFILE: "ufm", DATA_PORTS: ports }];
  await using data = await startDataServer({
    DATA_SWITCHES: switches,
    DATA_INTERVAL_SEC: interval_s,
    SEED: 7,
    ...profile,
  });
  if (how.is_empty) await data.stop();
  await using server = await startMetricsServer(data.url + path, { POLL_MS: 500 });
  if (!how.is_empty) await server.log.wait("poll.run");
  await someRequests(server);
  await using opened = await openPage(server.url + hash, { height: 860, ...look });
  if (how.is_outage) {
    await opened.until(is_fresh);
    await data.stop();
  }
  await opened.until(until);
  const bytes = await opened.page.screenshot({});
  if (bytes.length > PICTURE_BYTES_MAX) {
    throw new Error(`${name}: ${bytes.length} bytes, at most ${PICTURE_BYTES_MAX}`);
  }
  await Deno.writeFile(new URL(name, DOCS), bytes);
}

async function someRequests({ url }: Service): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const path = "/telemetry/GetMetric?switch_id=sw-000&metric=latency_us";
    await (await fetch(url + path)).body?.cancel();
  }
}
