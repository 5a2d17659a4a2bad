import { assertEquals, assertThrows } from "@std/assert";
import { readArguments, UsageError } from "./arguments.ts";

const FLAGS = {
  quick: false,
  seed: null,
  engine: "auto",
  out: null,
  subject: null,
  retries: 0,
} as const;

Deno.test("readArguments accepts flags anywhere, with = or a space", () => {
  assertEquals(readArguments(["--quick", "run", "outage", "--seed", "7", "storm", "--out=x"]), {
    command: "run",
    names: ["outage", "storm"],
    flags: { ...FLAGS, quick: true, seed: 7, out: "x" },
  });
  assertEquals(readArguments(["all", "--set", "ci", "--engine=embedded"]), {
    command: "all",
    set: "ci",
    flags: { ...FLAGS, engine: "embedded" },
  });
  assertEquals(readArguments(["judge", "out/x", "--out", "y"]), {
    command: "judge",
    path: "out/x",
    out: "y",
  });
  assertEquals(readArguments(["compare", "a", "b"]), { command: "compare", paths: ["a", "b"] });
  assertEquals(readArguments(["compare-subjects", "--subjects", "a,b.json"]), {
    command: "compare-subjects",
    subjects: ["a", "b.json"],
    flags: FLAGS,
  });
});

Deno.test("readArguments returns help for --help and without a command", () => {
  assertEquals(readArguments([]), { command: "help" });
  assertEquals(readArguments(["run", "--help"]), { command: "help" });
});

for (
  const [line, message] of [
    [
      "fly",
      "fly: must be one of list, plan, run, all, explore, judge, compare, compare-subjects; see --help",
    ],
    ["run", "run: takes one name or more, got none"],
    ["plan a b", "plan: takes the name of a scenario, got a b"],
    ["compare a", "compare: takes the folders of two runs, got a"],
    ["all --set tiny", "--set=tiny: must be one of all, ci"],
    ["run outage --set ci", "--set: only all takes it"],
    ["run outage --runs 3", "--minutes, --runs: only explore takes them"],
    ["explore --minutes 0", "--minutes=0: must be a whole number of 1–1440"],
    ["run outage --subjects a", "--subjects: only compare-subjects takes it"],
    ["all --fast", "--fast: no such flag; see --help"],
    ["all --seed", "--seed: takes a value"],
    ["all --seed -1", "--seed=-1: must be a whole number of 0–4294967295"],
    ["all --retries=6", "--retries=6: must be a whole number of 0–5"],
    ["all --seed=1.5", "--seed=1.5: must be a whole number of 0–4294967295"],
    ["all --engine=fake", "--engine=fake: must be one of auto, real, embedded"],
  ]
) {
  Deno.test(`readArguments rejects ${line}: ${message}`, () => {
    assertThrows(() => readArguments(line.split(" ")), UsageError, message);
  });
}
