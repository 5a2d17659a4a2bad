import { assertEquals } from "@std/assert";
import { ParseError } from "../parse/mod.ts";
import { DoubtError } from "./doubt.ts";
import { describeFailure } from "./failure.ts";
import { PollError } from "./poll_error.ts";

Deno.test("describeFailure() tells a failed exchange with its status and Retry-After", () => {
  assertEquals(describeFailure(new PollError("http_5xx", "source answered 503", 503, 2000)), {
    cause: "http_5xx",
    detail: "source answered 503",
    status: 503,
    retry_after_ms: 2000,
  });
});

Deno.test("describeFailure() tells a body that is no sample as one that came with 200", () => {
  const { cause, status } = describeFailure(new ParseError("html", "a page instead of CSV"));
  assertEquals([cause, status], ["html", 200]);
});

Deno.test("describeFailure() hands a doubt on", () => {
  const doubt = { about: "time", source_ts: 5 } as const;
  assertEquals(describeFailure(new DoubtError(doubt, "older_snapshot", "older")).doubt, doubt);
});

Deno.test("describeFailure() calls a defect of ours internal, with what it says and its causes", () => {
  const error = new RangeError("outer", { cause: new Error("inner") });
  assertEquals(describeFailure(error), {
    cause: "internal",
    detail: "outer: inner",
    status: 0,
    retry_after_ms: 0,
  });
  assertEquals(describeFailure("thrown text").detail, "thrown text");
});
