import { assertEquals, assertMatch } from "@std/assert";
import type { Answer } from "./answer.ts";
import type { Framing } from "./effects.ts";
import { isFramed, merged, outgoing } from "./outgoing.ts";
import { bytes, text } from "./testing/bytes.ts";

const BODY = "id,a\nx,1\ny,2\n";
const ANSWER: Answer = {
  status: 200,
  reason: "OK",
  headers: [
    ["Content-Type", "text/csv"],
    ["transfer-encoding", "chunked"],
    ["ETag", '"b-1"'],
    ["Connection", "keep-alive"],
  ],
  body: bytes(BODY),
};

function sent(framing: Framing, answer = ANSWER, method = "GET", keep_alive = true) {
  const { head, pieces, bytes_per_s, then_close } = outgoing(answer, method, framing, keep_alive);
  return { head: text(head)!, body: [...pieces].map(text).join(""), bytes_per_s, then_close };
}

Deno.test("outgoing sets Content-Length and keeps all other headers", () => {
  assertEquals(sent({}), {
    head: 'HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nETag: "b-1"\r\nContent-Length: 13\r\n\r\n',
    body: BODY,
    bytes_per_s: null,
    then_close: false,
  });
});

Deno.test("outgoing closes on the client's demand", () => {
  const { head, then_close } = sent({}, ANSWER, "GET", false);
  assertMatch(head, /\r\nConnection: close\r\n/);
  assertEquals(then_close, true);
});

Deno.test("outgoing announces the whole body, sends a part of it and closes", () => {
  const { head, body, then_close } = sent({ share_kept: 0.5 });
  assertMatch(head, /Content-Length: 13\r\n/);
  assertEquals([body, then_close], [BODY.slice(0, 6), true]);
});

Deno.test("outgoing sends the whole body under a wrong Content-Length", () => {
  for (const [length_delta, told] of [[7, 20], [-5, 8], [-100, 0]]) {
    const { head, body, then_close } = sent({ length_delta });
    assertMatch(head, new RegExp(`Content-Length: ${told}\\r\\n`));
    assertEquals([body, then_close], [BODY, false]);
  }
});

Deno.test("outgoing pads a body with rows", () => {
  const { head, body } = sent({ body_bytes: 500 });
  assertMatch(head, /Content-Length: 500\r\n/);
  assertEquals([body.length, body.startsWith(BODY)], [500, true]);
});

Deno.test("outgoing sends endless rows in chunks at a limited rate", () => {
  const { head, pieces, bytes_per_s } = outgoing(ANSWER, "GET", { body_bytes: Infinity }, true);
  assertMatch(text(head)!, /Transfer-Encoding: chunked\r\n/);
  const some = [];
  for (const piece of pieces) if (some.push(text(piece)) === 30) break;
  assertEquals(some.slice(0, 3), ["d\r\n", BODY, "\r\n"]);
  assertEquals(bytes_per_s, 33_554_432);
});

Deno.test("outgoing sends no body with a 304 and after HEAD", () => {
  assertEquals(sent({}, { ...ANSWER, status: 304, body: bytes("") }).body, "");
  const headers: Answer["headers"] = [["Content-Length", "13"]];
  const { head, body } = sent({}, { ...ANSWER, headers, body: bytes("") }, "HEAD");
  assertEquals([head.includes("Content-Length: 13"), body], [true, ""]);
});

Deno.test("merged takes the tighter bound and adds differences", () => {
  assertEquals(
    merged([{ share_kept: 0.5, bytes_per_s: 10 }, { share_kept: 0.2 }, { length_delta: 3 }, {
      length_delta: -1,
      bytes_per_s: 20,
    }]),
    { share_kept: 0.2, length_delta: 2, bytes_per_s: 10 },
  );
});

Deno.test("isFramed is false if the framing changes nothing", () => {
  assertEquals(isFramed(ANSWER, "GET", { share_kept: 0.5 }), true);
  assertEquals(isFramed({ ...ANSWER, status: 304 }, "GET", { share_kept: 0.5 }), false);
  assertEquals(isFramed(ANSWER, "GET", { body_bytes: 5 }), false);
});
