/**
 * Holds every import against the table in docs/architecture.md: who may import whom, and only
 * through doors. Also: no import circles, and npm only in development, pinned with integrity.
 */
import { assert, assertEquals } from "@std/assert";
import deno_json from "../deno.json" with { type: "json" };

const ROOT = `${import.meta.dirname}/..`;

interface Import {
  readonly from: string;
  /** A path from the project's folder, or a specifier such as `npm:yaml@2.9.1`. */
  readonly to: string;
  /** `import type` and `export type` leave nothing at run time. */
  readonly is_type: boolean;
}

function gitFiles(): string[] {
  const { stdout } = new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard"],
    cwd: ROOT,
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").filter((file) =>
    /\.(ts|js)$/.test(file) && exists(file)
  );
}

function exists(file: string): boolean {
  try {
    return Deno.statSync(`${ROOT}/${file}`).isFile;
  } catch {
    return false;
  }
}

/** `a/b/../c.ts` as `a/c.ts`. */
function normal(path: string): string {
  return decodeURIComponent(new URL(path, "file:///").pathname).slice(1);
}

const STATEMENT =
  /^[ \t]*(import|export)\b(\s+type\b)?(?:[^;"'`]*?\bfrom)?\s*["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']/gm;
/** A package in a constant, for an import at run time. */
const NPM = /["'`](npm:[^"'`\s]+)["'`]/g;

function importsOf(from: string): Import[] {
  const source = Deno.readTextFileSync(`${ROOT}/${from}`)
    .replace(/^\s*(\/\*[^]*?\*\/|\/\/.*)$/gm, "");
  const statements = [...source.matchAll(STATEMENT)].map(([, , type, plain, dynamic]) => ({
    specifier: plain ?? dynamic,
    is_type: type !== undefined,
  }));
  const packages = from.endsWith("_test.ts")
    ? []
    : [...source.matchAll(NPM)].map(([, specifier]) => ({ specifier, is_type: false }));
  return [...statements, ...packages].map(({ specifier, is_type }) => ({
    from,
    to: specifier.startsWith(".") ? normal(`${from}/../${specifier}`) : specifier,
    is_type,
  }));
}

const FILES = gitFiles();
const IMPORTS = FILES.filter((file) => !file.startsWith("airgap/")).flatMap(importsOf);
const LOCAL = IMPORTS.filter(({ to }) => exists(to) && /\.(ts|js)$/.test(to));

const isTest = (file: string) => /_test\.ts$|\/testing\//.test(file);

/** Rows of the table: "`bench/` | … | `contracts`, `tools`" as bench → [contracts, tools]. */
function allowedImports(): Map<string, string[]> {
  const page = Deno.readTextFileSync(`${ROOT}/docs/architecture.md`);
  const rows = [...page.matchAll(/^\| `([\w/]+)\/` \|.*\| ([^|]*) \|$/gm)];
  return new Map(
    rows.map(([, folder, names]) => [folder, [...names.matchAll(/`([\w/]+)`/g)].map(([, n]) => n)]),
  );
}

const ALLOWED = allowedImports();

/** The row a file belongs to; undefined without one. */
function wingOf(file: string): string | undefined {
  return [...ALLOWED.keys()].find((folder) => file.startsWith(`${folder}/`));
}

Deno.test("every source file is in a folder that docs/architecture.md lists", () => {
  assert(ALLOWED.size >= 12, `${ALLOWED.size} rows`);
  assertEquals(FILES.filter((file) => wingOf(file) === undefined), []);
});

Deno.test("docs/architecture.md allows every import; tests may use any door", () => {
  const forbidden = LOCAL.filter(({ from, to }) => {
    const [wing, target] = [wingOf(from)!, wingOf(to)];
    if (target === undefined || target === wing) return false;
    if (isTest(from) && /\/(mod\.ts$|testing\/)/.test(to)) return false;
    return !ALLOWED.get(wing)!.some((name) => target === name || target.startsWith(`${name}/`));
  });
  assertEquals(forbidden.map(({ from, to }) => `${from} imports ${to}`), []);
});

/** What may pass a door: a test's helper, a program that is started, plain JavaScript for k6. */
function isExempt({ from, to }: Import): boolean {
  return isTest(from) && /\/testing\/|\/main\.ts$/.test(to) ||
    from.startsWith("bench/k6/") && to.endsWith(".js");
}

Deno.test("a folder with a door (mod.ts) is imported through it alone", () => {
  const doors = FILES.filter((file) => file.endsWith("/mod.ts"))
    .map((file) => file.slice(0, -"mod.ts".length));
  const bypassing = LOCAL.filter((one) => !isExempt(one)).filter(({ from, to }) =>
    doors.some((door) => to.startsWith(door) && to !== `${door}mod.ts` && !from.startsWith(door))
  );
  assertEquals(bypassing.map(({ from, to }) => `${from} imports ${to}`), []);
});

Deno.test("no files import each other in a circle", () => {
  const next = Map.groupBy(LOCAL.filter(({ is_type }) => !is_type), ({ from }) => from);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file].join(" → "));
    if (start >= 0 || done.has(file)) return;
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  assertEquals(circles, []);
});

/** What a program loads, now or later, from its main file on. */
function reached(main: string): Import[] {
  const seen = new Set<string>([main]);
  const found: Import[] = [];
  for (const file of seen) {
    for (const one of IMPORTS.filter(({ from, is_type }) => from === file && !is_type)) {
      found.push(one);
      if (exists(one.to)) seen.add(one.to);
    }
  }
  return found;
}

/** What users run, and not developers alone. */
const RUN_TIME_TASKS = [
  "dev",
  "data",
  "metrics",
  "demo",
  "doctor",
  "load",
  "k6",
  "chaos",
  "toxiproxy",
];

Deno.test("tasks of users import no npm package at run time, services no package at all", () => {
  for (const task of RUN_TIME_TASKS) {
    const { command } = deno_json.tasks[task as keyof typeof deno_json.tasks];
    const main = /[\w/]+\.ts\b/.exec(command)![0];
    const packages = reached(main).filter(({ to }) => to.startsWith("npm:"));
    assertEquals(packages.map(({ from, to }) => `${task}: ${from} imports ${to}`), []);
  }
  const services = IMPORTS.filter(({ from, to }) =>
    /^(contracts|platform|data_server|metrics_server)\//.test(from) && !isTest(from) &&
    /^(@std|npm:|jsr:)/.test(to)
  );
  assertEquals(services, []);
});

Deno.test("every npm package is pinned to a version, with its integrity in deno.lock", () => {
  const locks = ["deno.lock", "tools/k6/deno.lock"]
    .map((path) => [path, JSON.parse(Deno.readTextFileSync(`${ROOT}/${path}`))]);
  const packages = IMPORTS.filter(({ to }) => to.startsWith("npm:"));
  assert(packages.length > 0);
  for (const { from, to } of packages) {
    const [pinned] = /^npm:(@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+/.exec(to) ?? [];
    assert(pinned !== undefined, `${to}: name an exact version`);
    for (const [path, { specifiers }] of locks) {
      if (path !== "deno.lock" && !from.startsWith("tools/k6/")) continue;
      assert(pinned in specifiers, `deno cache --lock=${path} --frozen=false ${pinned}`);
    }
  }
  for (
    const { integrity } of locks.flatMap(([, { npm }]) => Object.values<{ integrity: string }>(npm))
  ) {
    assert(integrity.startsWith("sha512-"), integrity);
  }
});

Deno.test("tasks that import npm packages check them against a lockfile; deno.json names none", () => {
  // With a lockfile in deno.json, every `deno task` would download all of its packages first.
  assertEquals(deno_json.lock, false);
  for (const task of ["test", "test:system", "rehearse"] as const) {
    const { command } = deno_json.tasks[task];
    const steps = command.replace("deno run --no-prompt --allow-run dev/steps.ts", "");
    const runs = steps.match(/\b(test|run) (--\S+ \S+)/g) ?? [];
    assert(runs.length > 0, task);
    for (const run of runs) assert(/ --lock=\S*deno\.lock --frozen$/.test(run), `${task}: ${run}`);
  }
});
