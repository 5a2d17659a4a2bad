import { assert, assertEquals, assertThrows } from "@std/assert";
import { commandOf, parseInvocation, RUNNER_VARIABLES, versionText } from "./command_line.ts";
import { ConfigProblem } from "./exit_codes.ts";

for (
  const [args, name] of [
    ["", "help"],
    ["help", "help"],
    ["run --help", "help"],
    ["inspect -h", "help"],
    ["version", "version"],
    ["--version", "version"],
    ["run load.js", "run"],
    ["load.js", "run"],
    ["run version", "run"],
    ["run inspect", "run"],
    ["inspect load.js", "unsupported"],
    ["archive", "unsupported"],
    ["cloud --vus 1 load.js", "unsupported"],
  ]
) {
  Deno.test(`commandOf("${args}") is ${name}`, () => {
    assertEquals(commandOf(args.split(" ").filter((word) => word !== "")).name, name);
  });
}

Deno.test("commandOf names an unsupported k6 command and points to --help", () => {
  const command = commandOf(["inspect", "load.js"]);
  assert(command.name === "unsupported");
  assertEquals(
    command.detail,
    "inspect: this runner does not support this k6 command, only run and version; see --help",
  );
});

Deno.test("versionText states that this is not k6", () => {
  assertEquals(
    versionText("2.9.6", "linux/x86_64"),
    "tools/k6, runs k6 scripts, is not k6 (Deno 2.9.6, linux/x86_64)",
  );
});

for (
  const [args, expected] of [
    ["-u 10 -d 30s", { vus: 10, duration: "30s" }],
    ["-u10 --duration=30s", { vus: 10, duration: "30s" }],
    ["--vus=1 --vus 2", { vus: 2 }],
    ["-i 5", { iterations: 5 }],
    ["-s 5s:10 -s 10s:0", {
      stages: [{ duration: "5s", target: 10 }, { duration: "10s", target: 0 }],
    }],
    ["--stage 5s:10,1s:1", {
      stages: [{ duration: "5s", target: 10 }, { duration: "1s", target: 1 }],
    }],
    ["--once", { iterations: 1, vus: 1 }],
    ["--tag a=b --tag c=d=e", { tags: { a: "b", c: "d=e" } }],
    ["--throw --no-connection-reuse=false", { throw: true, noConnectionReuse: false }],
    ["--rps 5 --max-redirects=0 --batch-per-host 2", { rps: 5, maxRedirects: 0, batchPerHost: 2 }],
  ] as const
) {
  Deno.test(`parseInvocation reads ${args} as options`, () => {
    const { options, file } = parseInvocation(["run", ...args.split(" "), "a.js"], {});
    assertEquals(file, "a.js");
    assertEquals(options as unknown, expected);
  });
}

Deno.test("parseInvocation reads all other flags, before and after FILE", () => {
  const read = parseInvocation(
    ("run a.js -e A=1 --env B=x=y --out json=o.json --summary-export s.json " +
      "--summary-mode=full --no-thresholds --scenario a,b --scenario c -q -c conf.json " +
      "--allow-read lib --allow-read=../data --allow-write /tmp/x --allow-env=C,D --allow-env E")
      .split(" "),
    {},
  );
  assertEquals(read, {
    file: "a.js",
    options: {},
    env: { A: "1", B: "x=y" },
    json_outputs: ["o.json"],
    summary_export: "s.json",
    summary_mode: "full",
    config_file: "conf.json",
    scenarios: ["a", "b", "c"],
    no_thresholds: true,
    no_setup: false,
    no_teardown: false,
    system_variables: ["C", "D", "E"],
    allow_read: ["lib", "../data"],
    allow_write: ["/tmp/x"],
    quiet: true,
    verbose: false,
    color: true,
  });
});

Deno.test("parseInvocation reads K6_* variables; flags override them", () => {
  const env = {
    K6_SUMMARY_MODE: "full",
    K6_NO_THRESHOLDS: "true",
    K6_OUT: "json=env.json",
    K6_SUMMARY_EXPORT: "env.txt",
    NO_COLOR: "1",
  };
  const { summary_mode, no_thresholds, json_outputs, summary_export, color } = parseInvocation(
    ["run", "--summary-mode", "disabled", "--no-thresholds=false", "a.js"],
    env,
  );
  assertEquals(
    [summary_mode, no_thresholds, json_outputs, summary_export, color],
    ["disabled", false, ["env.json"], "env.txt", false],
  );
});

for (
  const [args, message] of [
    ["a.js --no-such-flag", "--no-such-flag: unknown flag, see --help"],
    ["a.js -x", "-x: unknown flag, see --help"],
    ["", "FILE: must be one script, got none"],
    ["a.js b.js", "FILE: must be one script, got a.js b.js"],
    ["a.js --vus", "--vus: needs a value"],
    ["a.js --out csv=a", "--out csv=a: must be json=FILE; this runner supports no other output"],
    ["a.js --summary-mode=legacy", "--summary-mode=legacy: must be one of compact, full, disabled"],
    ["a.js -e ONE", "--env ONE: must be NAME=VALUE; --allow-env ONE passes the variable on"],
    ["a.js --allow-env=A*", "--allow-env=A*: must be the name of an environment variable"],
    ["a.js --quiet=maybe", "--quiet=maybe: must be true or false"],
  ]
) {
  Deno.test(`parseInvocation("${args}") throws ${message.slice(0, 36)}`, () => {
    const words = args.split(" ").filter((word) => word !== "");
    assertThrows(() => parseInvocation(["run", ...words], {}), ConfigProblem, message);
  });
}

Deno.test("RUNNER_VARIABLES has every variable that parseInvocation reads", () => {
  const read = new Set<string>();
  const env = new Proxy({}, { get: (_, name) => void read.add(String(name)) });
  parseInvocation(["run", "a.js"], env);
  assertEquals([...read].filter((name) => !RUNNER_VARIABLES.includes(name)), []);
  assert(read.size > 8);
});

Deno.test("--include-system-env-vars passes all variables on; by default none", () => {
  const { system_variables } = parseInvocation(["run", "--include-system-env-vars", "a.js"], {});
  assertEquals(system_variables, null);
  assertEquals(parseInvocation(["run", "a.js"], {}).system_variables, []);
});
