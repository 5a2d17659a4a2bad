import { assertEquals } from "@std/assert";
import { nothingMeasured } from "./nothing_measured.ts";

const RUN = {
  iterations_completed: 2,
  iterations_thrown: 0,
  requests_unsent: 0,
  has_requests: false,
  has_checks: false,
};

for (
  const [what, counts, reason] of [
    ["requests", { has_requests: true, iterations_thrown: 2, requests_unsent: 1 }, undefined],
    ["iterations without requests", {}, undefined],
    ["one good iteration", { iterations_thrown: 1 }, undefined],
    ["checks", { iterations_thrown: 2, has_checks: true }, undefined],
    ["exceptions only", { iterations_thrown: 2 }, "Every iteration (2) ended with an exception"],
    ["no iteration", { iterations_completed: 0 }, "No iteration was completed"],
    ["invalid URLs only", { requests_unsent: 3, has_checks: true }, "The URL of every request (3)"],
  ] as const
) {
  Deno.test(`nothingMeasured of a run with ${what} is ${reason ?? "null"}`, () => {
    assertEquals(nothingMeasured({ ...RUN, ...counts })?.slice(0, reason?.length), reason);
  });
}
