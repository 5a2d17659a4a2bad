import { assert, assertEquals } from "@std/assert";
import {
  isClientErrorStatus,
  isErrorStatus,
  isInformationalStatus,
  isRedirectStatus,
  isServerErrorStatus,
  isStatus,
  isSuccessfulStatus,
  STATUS_CODE,
  STATUS_TEXT,
} from "@std/http/status";

const codes: number[] = Object.values(STATUS_CODE);

Deno.test("STATUS_CODE and STATUS_TEXT know the same codes, each once", () => {
  assertEquals(codes.length, 62);
  assertEquals(Object.keys(STATUS_TEXT).map(Number), codes.toSorted((a, b) => a - b));
});

Deno.test("STATUS_TEXT names a code as STATUS_CODE does, in words", () => {
  for (const [name, code] of Object.entries(STATUS_CODE)) {
    if (code === STATUS_CODE.Teapot) continue;
    assertEquals(STATUS_TEXT[code].replaceAll(" ", ""), name);
  }
  assertEquals(STATUS_TEXT[418], "I'm a teapot");
  assertEquals(STATUS_TEXT[STATUS_CODE.NotModified], "Not Modified");
  assertEquals(STATUS_TEXT[STATUS_CODE.ServiceUnavailable], "Service Unavailable");
});

Deno.test("isStatus() knows these codes and no other number", () => {
  const known = Array.from({ length: 1000 }, (_, code) => code).filter(isStatus);
  assertEquals<number[]>(known, Object.keys(STATUS_TEXT).map(Number));
  for (const stranger of [NaN, -200, 200.5, Infinity]) assertEquals(isStatus(stranger), false);
});

Deno.test("each class of codes has its own test", () => {
  const tests = [
    isInformationalStatus,
    isSuccessfulStatus,
    isRedirectStatus,
    isClientErrorStatus,
    isServerErrorStatus,
  ];
  tests.forEach((belongs, i) => {
    assertEquals(codes.filter(belongs), codes.filter((code) => Math.floor(code / 100) === i + 1));
    assertEquals(belongs((i + 1) * 100 + 99), false);
  });
});

Deno.test("isErrorStatus() is true for 4xx and 5xx", () => {
  assertEquals(codes.filter(isErrorStatus), codes.filter((code) => code >= 400));
  assert(!isErrorStatus(499));
});
