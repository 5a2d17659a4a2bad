/**
 * 60 frames a second at 20,000 switches, next to an empty page in the same run. It takes a machine
 * to itself: `deno task test:browser` runs it, the suite only names it.
 */
import { assert } from "@std/assert";
import { startDataServer, startMetricsServer } from "../harness/mod.ts";
import { IN_BROWSER, type OpenPage, openPage } from "./browser.ts";
import { countFrames } from "./frames.ts";

const SPAN_MS = 6_000;
const SWITCHES = 20_000;

/** Of the frames an empty page draws in the same time, in software, on this machine. */
const FRAMES_SHARE_MIN = 0.97;

const IS_ALONE = Deno.env.get("MEASURE") === "1";

Deno.test(
  "Dashboard draws 60 frames/s at 20,000 switches while hovered, scrolled, updated (deno task test:browser)",
  { ...IN_BROWSER, ignore: IN_BROWSER.ignore || !IS_ALONE },
  async () => {
    await using data = await startDataServer({ DATA_SWITCHES: SWITCHES, SEED: 7 });
    await using server = await startMetricsServer(`${data.url}/counters`, { POLL_MS: 500 });
    await server.log.wait("poll.run");
    await using opened = await openPage(server.url);
    const { page, until, evaluate } = opened;
    await until(`document.querySelector("#fact-switches").innerText === "20,000 switches"`);
    const snapshot = () => page.innerText("#fact-snapshot");
    await until(`/^Bound /.test(document.querySelector("#bound").innerText)`);

    const idle = await countFrames(opened, SPAN_MS, () => Promise.resolve());
    const from = await snapshot();
    const hovered = await countFrames(opened, SPAN_MS, () => hover(opened));
    const to = await snapshot();
    assert(from !== to, "no update fell into the measurement");
    await evaluate(`document.querySelector("#scroller").scrollIntoView({ block: "center" })`);
    const scrolled = await countFrames(opened, SPAN_MS, () => scroll(opened));

    await using empty = await openPage(`${server.url}/healthz`);
    const base = await countFrames(empty, SPAN_MS, () => hover(empty, 200, 200));
    // Its complaint is the icon every browser asks for.
    // deno-lint-ignore no-console
    console.table({ "empty page": base, idle, hovered, scrolled });
    for (const [name, { count }] of Object.entries({ idle, hovered, scrolled })) {
      assert(count >= FRAMES_SHARE_MIN * base.count, `${name}: ${count} of ${base.count} frames`);
    }
  },
);

/** Moves over the page until just before the span ends. */
async function hover({ page }: OpenPage, left = 60, top = 280): Promise<void> {
  const deadline_ms = performance.now() + SPAN_MS - 300;
  for (let step = 0; performance.now() < deadline_ms; step++) {
    await page.mouse.move(left + (step * 7) % 700, top + (step * 3) % 220);
  }
}

async function scroll({ page, evaluate }: OpenPage): Promise<void> {
  const place = await evaluate<{ x: number; y: number }>(`(() => {
    const { left, top } = document.querySelector("#scroller").getBoundingClientRect();
    return { x: left + 200, y: top + 200 };
  })()`);
  await page.mouse.move(place.x, place.y);
  const deadline_ms = performance.now() + SPAN_MS - 300;
  for (let step = 0; performance.now() < deadline_ms; step++) await page.mouse.wheel(0, 120 + step);
}
