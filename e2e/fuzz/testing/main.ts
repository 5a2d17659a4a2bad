/** Fuzzes the services and tools: `deno task fuzz`. */
import { parseArgs } from "node:util";
import { bodiesTarget } from "./bodies.ts";
import { type Finding, fuzz, problemOf, type Target } from "./fuzz.ts";
import { HTTP_TARGET } from "./http.ts";
import { k6OptionsTarget } from "./k6_options.ts";
import { redisTarget } from "./redis.ts";
import { toxiproxyTarget } from "./toxiproxy.ts";

export const TARGETS: readonly Target[] = [
  HTTP_TARGET,
  bodiesTarget(),
  redisTarget(),
  k6OptionsTarget(),
  toxiproxyTarget(),
];

const SECONDS = 60;
const OUT = "out/fuzz";
const USAGE = `Usage: deno task fuzz [options]

  --seconds N     time for all targets together, shared equally (default ${SECONDS})
  --seed N        seed of the first case of each target; default: a fresh one, which is printed
  --target NAME   this target alone: ${TARGETS.map(({ name }) => name).join(", ")}
  --replay FILE   run the case of this file alone

Exit: 0 every invariant held; 1 a case broke one and is in ${OUT}/; 64 wrong usage.`;

const EXIT_USAGE = 64;
const encoder = new TextEncoder();

function print(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

function exitWith(problem: string): never {
  print(`${problem} (--help lists the options)`);
  Deno.exit(EXIT_USAGE);
}

function wholeNumber(name: string, text: string): number {
  return /^\d{1,10}$/.test(text)
    ? Number(text)
    : exitWith(`--${name} ${text}: must be a whole number of at most ten digits`);
}

function targetOf(name: string): Target {
  return TARGETS.find((target) => target.name === name) ?? exitWith(`no target ${name}`);
}

async function main(args: string[]): Promise<boolean> {
  const text = { type: "string" } as const, flag = { type: "boolean" } as const;
  const options = { seconds: text, seed: text, target: text, replay: text, help: flag };
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    return exitWith((error as Error).message);
  }
  if (values.help) {
    print(USAGE);
    return true;
  }
  if (values.replay !== undefined) return await replay(values.replay);
  const seed = wholeNumber("seed", values.seed ?? String(Date.now() % 2 ** 31));
  const seconds = wholeNumber("seconds", values.seconds ?? String(SECONDS));
  const targets = values.target === undefined ? TARGETS : [targetOf(values.target)];
  print(`seed ${seed}: ${targets.length} targets in ${seconds} s`);
  let held = true, skipped = 0;
  for (const target of targets) {
    const result = await run(target, seed, seconds / targets.length);
    if (result === "skipped") skipped++;
    else held &&= result;
  }
  print(`${targets.length - skipped} targets run, ${skipped} skipped`);
  return held;
}

async function run(target: Target, seed: number, seconds: number): Promise<boolean | "skipped"> {
  const { name } = target;
  const until_ms = performance.now() + seconds * 1000;
  const open = await target.open();
  if (typeof open === "string") {
    print(`SKIPPED: ${name}: ${open}`);
    return "skipped";
  }
  await using opened = open;
  const { cases, finding } = await fuzz(name, opened, seed, () => performance.now() < until_ms);
  print(`${name}: ${cases} cases`);
  if (finding === null) return true;
  await report(finding);
  return false;
}

async function report(finding: Finding): Promise<void> {
  await Deno.mkdir(OUT, { recursive: true });
  let n = 1;
  const path = () => `${OUT}/${finding.target}-${finding.seed}-${n}.json`;
  while (await Deno.stat(path()).then(() => true, () => false)) n++;
  await Deno.writeTextFile(path(), JSON.stringify(finding, null, 2) + "\n");
  print(`BROKEN: ${finding.target}: ${finding.problem}`);
  print(`again: deno task fuzz --replay ${path()}`);
}

async function replay(file: string): Promise<boolean> {
  const finding: Finding = JSON.parse(await Deno.readTextFile(file));
  const open = await targetOf(finding.target).open();
  if (typeof open === "string") return exitWith(`${finding.target} cannot run here: ${open}`);
  await using opened = open;
  const problem = await problemOf(opened, finding.parts);
  print(problem === null ? "held" : `BROKEN: ${problem}`);
  return problem === null;
}

if (import.meta.main) Deno.exit(await main(Deno.args) ? 0 : 1);
