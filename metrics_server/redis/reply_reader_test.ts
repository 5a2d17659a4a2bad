import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { mulberry32 } from "../../tools/verdict/mod.ts";
import { ProtocolError, Push, type Reply, ReplyError, ReplyReader } from "./reply_reader.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function read(text: string, bytes_max = 1000): Reply[] {
  return new ReplyReader(bytes_max).push(encoder.encode(text)).map(plain);
}

/** Strings of known length as text. */
function plain(reply: Reply): Reply {
  if (reply instanceof Uint8Array) return decoder.decode(reply);
  return Array.isArray(reply) ? reply.map(plain) : reply;
}

const REPLIES: readonly (readonly [text: string, reply: Reply])[] = [
  ["+OK\r\n", "OK"],
  ["+\r\n", ""],
  [":-42\r\n", -42],
  [":9007199254740993\r\n", 9007199254740993n],
  [
    "(3492890328409238509324850943850943825024385\r\n",
    3492890328409238509324850943850943825024385n,
  ],
  ["_\r\n", null],
  ["$-1\r\n", null],
  ["*-1\r\n", null],
  ["#t\r\n", true],
  [",1.5e3\r\n", 1500],
  [",-inf\r\n", -Infinity],
  ["$0\r\n\r\n", ""],
  ["$4\r\na\r\nb\r\n", "a\r\nb"],
  ["=8\r\ntxt:text\r\n", "text"],
  ["*0\r\n", []],
  ["~2\r\n:1\r\n*1\r\n$1\r\nx\r\n", [1, ["x"]]],
  ["%1\r\n+role\r\n+master\r\n", ["role", "master"]],
  ["|1\r\n+ttl\r\n:3\r\n:7\r\n", 7],
  ["*2\r\n|1\r\n+ttl\r\n:3\r\n:7\r\n:8\r\n", [7, 8]],
];

for (const [text, reply] of REPLIES) {
  Deno.test(`ReplyReader reads ${JSON.stringify(text)}`, () => assertEquals(read(text), [reply]));
}

Deno.test("ReplyReader reads the same replies from chunks of every size", () => {
  const text = REPLIES.map(([text]) => text).join("");
  const bytes = encoder.encode(text);
  const whole = REPLIES.map(([, reply]) => reply);
  for (let size = 1; size <= bytes.length; size++) {
    const reader = new ReplyReader(1000);
    const replies: Reply[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      replies.push(...reader.push(bytes.subarray(at, at + size)));
    }
    assertEquals(replies.map(plain), whole, `chunks of ${size} bytes`);
  }
});

Deno.test("ReplyReader returns errors and pushes as their own types", () => {
  const [simple, long, push] = read("-READONLY no\r\n!7\r\nOOM now\r\n>1\r\n+hi\r\n");
  assertInstanceOf(simple, ReplyError);
  assertEquals([simple.code, simple.message], ["READONLY", "READONLY no"]);
  assertEquals((long as ReplyError).code, "OOM");
  assertInstanceOf(push, Push);
  assertEquals(push.items, ["hi"]);
});

const BROKEN: readonly (readonly [what: string, text: string])[] = [
  ["an unknown type", "?1\r\n"],
  ["HTTP", "HTTP/1.1 400 Bad Request\r\n"],
  ["a line end without CR", "+OK\n"],
  ["an empty line", "\r\n"],
  ["a negative length", "$-2\r\n"],
  ["a malformed length", "*1x\r\n"],
  ["a streamed string", "$?\r\n"],
  ["a string without its line end", "$2\r\nabcd"],
  ["a malformed number", ":1.5\r\n"],
  ["a malformed boolean", "#x\r\n"],
  ["a string over the bound", "$1001\r\n"],
  ["strings that exceed the bound together", "*2\r\n$600\r\n" + "x".repeat(600) + "\r\n$600\r\n"],
  ["too many elements", "*4097\r\n"],
  [
    "too many elements in nested arrays",
    "*3\r\n" + ("*2000\r\n" + ":1\r\n".repeat(2000)).repeat(3),
  ],
  ["too deep a nesting", "*1\r\n".repeat(9)],
  ["an error longer than a line", "!4097\r\n"],
  ["an endless line", "+" + "x".repeat(5000)],
];

for (const [what, text] of BROKEN) {
  Deno.test(`ReplyReader refuses ${what}`, () => {
    assertThrows(() => read(text), ProtocolError);
  });
}

Deno.test("ReplyReader survives mutated replies: it waits, answers or refuses", () => {
  const seed = Date.now() % 2 ** 32;
  const random = mulberry32(seed);
  const original = encoder.encode(REPLIES.map(([text]) => text).join(""));
  for (let round = 0; round < 2000; round++) {
    const bytes = original.slice();
    for (let n = 0; n < 3; n++) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    try {
      const replies = new ReplyReader(1000).push(bytes);
      assertEquals(replies.length <= bytes.length / 3, true, `seed ${seed}, round ${round}`);
    } catch (error) {
      assertInstanceOf(error, ProtocolError, `seed ${seed}, round ${round}: ${error}`);
    }
  }
});
