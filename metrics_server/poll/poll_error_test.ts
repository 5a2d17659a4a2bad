import { assertEquals } from "@std/assert";
import type { PollCause } from "../../contracts/mod.ts";
import { ParseError } from "../parse/mod.ts";
import {
  brokenBodyCause,
  describeFailure,
  DoubtError,
  messages,
  noAnswerCause,
  PollError,
} from "./poll_error.ts";

/** Messages of Deno 2.9.6 in each situation, without addresses. */
const NO_ANSWER: [what: string, said: string, cause: PollCause][] = [
  [
    "nothing listens",
    "client error (Connect): tcp connect error: Connection refused (os error 111)",
    "refused",
  ],
  [
    "the host is not reached",
    "client error (Connect): tcp connect error: No route to host (os error 113)",
    "refused",
  ],
  [
    "the network is not reached",
    "client error (Connect): tcp connect error: Network is unreachable (os error 101)",
    "refused",
  ],
  [
    "the kernel gives up connecting",
    "client error (Connect): tcp connect error: Connection timed out (os error 110)",
    "timeout",
  ],
  [
    "the name does not resolve",
    "client error (Connect): dns error: failed to lookup address information: " +
    "Name or service not known",
    "dns",
  ],
  [
    "the name server does not answer",
    "client error (Connect): dns error: failed to lookup address information: " +
    "Temporary failure in name resolution",
    "dns",
  ],
  [
    "the certificate is not trusted",
    "client error (Connect): invalid peer certificate: UnknownIssuer",
    "tls",
  ],
  ["the handshake breaks off", "client error (Connect): tls handshake eof", "tls"],
  [
    "no TLS is spoken",
    "client error (Connect): received corrupt message of type InvalidContentType",
    "tls",
  ],
  [
    "the source refuses the handshake",
    "client error (Connect): received fatal alert: HandshakeFailure",
    "tls",
  ],
  [
    "the connection ends before the head does",
    "client error (SendRequest): connection closed before message completed",
    "reset",
  ],
  [
    "the connection is reset",
    "client error (SendRequest): connection error: Connection reset by peer (os error 104)",
    "reset",
  ],
  ["no HTTP is spoken", "client error (SendRequest): invalid HTTP version parsed", "reset"],
  ["the head is endless", "client error (SendRequest): message head is too large", "too_large"],
];

for (const [what, said, cause] of NO_ANSWER) {
  Deno.test(`noAnswerCause() is ${cause} when ${what}`, () => {
    const inner = new Error(`error sending request for url (http://10.0.0.1:9001/): ${said}`);
    assertEquals(noAnswerCause(new TypeError("fetch failed", { cause: inner })), cause);
  });
}

Deno.test("noAnswerCause() is refused when fetch blocks the port", () => {
  const error = new TypeError("Fetch failed: Requests to port 6000 are blocked");
  assertEquals(noAnswerCause(error), "refused");
});

Deno.test("A deadline is a timeout before and within the body", () => {
  for (const name of ["TimeoutError", "AbortError"]) {
    const error = new DOMException("no whole answer within 5 ms", name);
    assertEquals([noAnswerCause(error), brokenBodyCause(error)], ["timeout", "timeout"]);
  }
});

Deno.test("An error that is not from the network is internal", () => {
  const denied = new Deno.errors.NotCapable('Requires net access to "10.0.0.1:9001"');
  for (const error of [denied, new RangeError("bug"), "text", undefined]) {
    assertEquals([noAnswerCause(error), brokenBodyCause(error)], ["internal", "internal"]);
  }
});

Deno.test("brokenBodyCause() is truncated for a reset and an early end", () => {
  for (const said of ["error reading a body from connection", "unexpected end of file"]) {
    assertEquals(brokenBodyCause(new TypeError(said)), "truncated");
  }
});

Deno.test("messages() joins the messages of an error and its causes", () => {
  const error = new TypeError("a", { cause: new Error("b", { cause: new Error("c") }) });
  assertEquals(messages(error), "a: b: c");
  assertEquals(messages(new Error("a", { cause: "no error" })), "a");
});

Deno.test("PollError has neither status nor Retry-After by default", () => {
  const { cause_word, message, status, retry_after_ms } = new PollError("reset", "broke");
  assertEquals([cause_word, message, status, retry_after_ms], ["reset", "broke", 0, 0]);
});

Deno.test("describeFailure() keeps status and Retry-After of a failed exchange", () => {
  assertEquals(describeFailure(new PollError("http_5xx", "source answered 503", 503, 2000)), {
    cause: "http_5xx",
    detail: "source answered 503",
    status: 503,
    retry_after_ms: 2000,
  });
});

Deno.test("describeFailure() reports a body that is no sample with status 200", () => {
  const { cause, status } = describeFailure(new ParseError("html", "a page instead of CSV"));
  assertEquals([cause, status], ["html", 200]);
});

Deno.test("describeFailure() keeps a doubt", () => {
  const doubt = { about: "time", source_ts: 5 } as const;
  assertEquals(describeFailure(new DoubtError(doubt, "older_snapshot", "older")).doubt, doubt);
});

Deno.test("describeFailure() reports a defect as internal, with its message and causes", () => {
  const error = new RangeError("outer", { cause: new Error("inner") });
  assertEquals(describeFailure(error), {
    cause: "internal",
    detail: "outer: inner",
    status: 0,
    retry_after_ms: 0,
  });
  assertEquals(describeFailure("thrown text").detail, "thrown text");
});

Deno.test("failures escape the control characters of a source", () => {
  for (
    const error of [new PollError("http_3xx", "to \x1b[2J\u009b"), new Error("to \x1b[2J\u009b")]
  ) {
    assertEquals(describeFailure(error).detail, "to \\u{1b}[2J\\u{9b}");
  }
});
