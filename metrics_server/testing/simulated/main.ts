/** Runs random timelines of metrics_server in virtual time: `deno task test:simulated`. */
import { parseArgs } from "node:util";
import { nameOf } from "../../../chaos/mod.ts";
import { type Broken, explore, hasBoth } from "./explore.ts";
import { INVARIANTS, type Violation } from "./observer.ts";
import { PLANTS } from "./planted.ts";
import { shrink } from "./shrink.ts";
import { drawTimeline, timelineText } from "./timeline.ts";
import { simulate } from "./world.ts";

const SECONDS = 60;

/** Timelines within which each planted defect is found, from seed 1 on. */
const PLANT_TIMELINES_MAX = 10_000;

/** Draws of fresh seeds, which leave room for the timelines after them. */
const SEEDS_MAX = 2 ** 31;

const USAGE = `Usage: deno task test:simulated [options]

  --seconds N   time to draw timelines (default ${SECONDS})
  --seed N      seed of the first timeline; default: a fresh one, which is printed
  --replay N    run the timeline of this seed alone and print its events
  --planted     search for each planted defect instead, from seed 1 on

Exit: 0 every invariant held, or each planted defect was found; 1 not so; 64 wrong usage.`;

const EXIT_USAGE = 64;

async function main(args: string[]): Promise<boolean> {
  const text = { type: "string" } as const, flag = { type: "boolean" } as const;
  const options = { seconds: text, seed: text, replay: text, planted: flag, help: flag };
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    return exitWith(`${(error as Error).message} (--help lists the options)`);
  }
  if (values.help) {
    print(USAGE);
    return true;
  }
  if (values.planted) return await findPlants();
  if (values.replay !== undefined) return await replay(wholeNumber("replay", values.replay));
  const seed = values.seed === undefined
    ? Date.now() % SEEDS_MAX
    : wholeNumber("seed", values.seed);
  const seconds = wholeNumber("seconds", values.seconds ?? String(SECONDS));
  return await draw(seed, seconds);
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  return exitWith(`--${name} ${text}: must be a whole number of at most ten digits`);
}

function exitWith(problem: string): never {
  print(problem);
  Deno.exit(EXIT_USAGE);
}

const encoder = new TextEncoder();

function print(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

async function draw(first_seed: number, seconds: number): Promise<boolean> {
  print(`timelines from seed ${first_seed} on, for ${seconds} s`);
  const from_ms = performance.now();
  const passed_s = () => (performance.now() - from_ms) / 1000;
  const tally = await explore({ first_seed, goesOn: () => passed_s() < seconds });
  const { timelines, events, polls, reads, pairs, broken } = tally;
  const rate = Math.round(timelines / passed_s() * 60);
  print(
    `${timelines} timelines (${rate} a minute), ${events} events, ${polls} polls, ` +
      `${reads} requests, ${pairs.size} pairs of faults`,
  );
  if (broken === null) return true;
  report(broken);
  return false;
}

/** Whether each planted defect is found, and its shrunk timeline has the two faults alone. */
async function findPlants(): Promise<boolean> {
  let is_found = true;
  for (const plant of PLANTS) {
    const goesOn = (timelines: number) => timelines < PLANT_TIMELINES_MAX;
    const { broken, timelines } = await explore({ first_seed: 1, goesOn, plant });
    const names = broken === null ? [] : broken.shrunk.faults.map(nameOf);
    const is_shown = names.length === 2 && hasBoth(broken!.shrunk, plant);
    print(
      `${is_shown ? "found" : "NOT FOUND"}: ${plant.name} ` +
        `(timeline ${timelines}: ${names.join(" + ")})`,
    );
    is_found &&= is_shown;
  }
  return is_found;
}

async function replay(seed: number): Promise<boolean> {
  const timeline = drawTimeline(seed);
  print(`seed ${seed}\n${timelineText(timeline)}`);
  const { lines, violations } = await simulate(timeline);
  print(lines.join("\n"));
  const [violation] = violations;
  if (violation === undefined) return true;
  const { value: shrunk, runs } = await shrink(timeline, violation.invariant, simulate);
  report({ timeline, violation, shrunk, runs });
  return false;
}

function report({ timeline, violation, shrunk, runs }: Broken): void {
  const { invariant, at_ms, text }: Violation = violation;
  print(`BROKEN: ${INVARIANTS[invariant]}`);
  print(`at ${Math.round(at_ms)} ms of seed ${timeline.seed}: ${text}`);
  print(timelineText(timeline));
  print(`shrunk in ${runs} runs to:\n${timelineText(shrunk)}`);
  print(`again: deno task test:simulated --replay ${timeline.seed}`);
}

if (import.meta.main) Deno.exit(await main(Deno.args) ? 0 : 1);
