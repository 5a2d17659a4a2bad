/**
 * 60 frames a second at 20,000 switches, next to an empty page in the same run. It takes a machine
 * to itself: `deno task test:browser` runs it, the suite only names it.
 */
import { assert } from "@std/assert";
import { startDataServer, startMetricsServer } from "../harness/mod.ts";
import { IN_BROWSER, type OpenPage, openPage } from "./browser.ts";
import { countFrames, type Frames } from "./frames.ts";

const SPAN_MS = 5_000;
const SWITCHES = 20_000;
const ROUNDS_MAX = 4;

/** Frames of a span at 60/s. */
const FULL = (SPAN_MS / 1_000) * 60;

/** Of the frames an empty page draws in the same time, in software, on this machine. */
const FRAMES_SHARE_MIN = 0.97;

/** Of the table, within the measurement. */
const SCROLL_PX_MIN = 10_000;

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

    const from = await snapshot();
    const idle = await best(() => countFrames(opened, SPAN_MS, () => Promise.resolve()));
    const hovered = await best(() => countFrames(opened, SPAN_MS, () => hover(opened)));
    await evaluate(`document.querySelector("#scroller").scrollIntoView({ block: "center" })`);
    const scroll_from = await snapshot();
    const scrolled = await best(() => countFrames(opened, SPAN_MS, () => scroll(opened)));
    assert(from !== scroll_from, "no update fell into the hovering");
    assert(scroll_from !== await snapshot(), "no update fell into the scrolling");
    const scroll_px = await evaluate<number>(`document.querySelector("#scroller").scrollTop`);
    assert(scroll_px > SCROLL_PX_MIN, `scrolled ${scroll_px} px only`);

    await using empty = await openPage(`${server.url}/healthz`);
    const base = await best(() => countFrames(empty, SPAN_MS, () => hover(empty, 200, 200)));
    // What is measured has to show where a page does too much.
    await empty.evaluate(`(function work() {
      const until = performance.now() + 30;
      while (performance.now() < until);
      requestAnimationFrame(work);
    })(); undefined`);
    const busy = await countFrames(empty, SPAN_MS, () => Promise.resolve());
    assert(busy.count < 0.7 * base.count, `30 ms of work a frame: ${busy.count} frames`);
    // deno-lint-ignore no-console
    console.table({ "empty page": base, idle, hovered, scrolled, "30 ms a frame": busy });
    for (const [name, { count }] of Object.entries({ idle, hovered, scrolled })) {
      assert(count >= FRAMES_SHARE_MIN * base.count, `${name}: ${count} of ${base.count} frames`);
    }
  },
);

/**
 * The best of a few rounds: what else runs on the machine takes frames away and never adds any, so
 * a page that is too slow is so in each.
 */
async function best(measure: () => Promise<Frames>): Promise<Frames> {
  let found = await measure();
  for (let round = 1; round < ROUNDS_MAX && found.count < FRAMES_SHARE_MIN * FULL; round++) {
    const next = await measure();
    if (next.count > found.count) found = next;
  }
  return found;
}

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
