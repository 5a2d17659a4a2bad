import { assertEquals, assertThrows } from "@std/assert";
import { parseCompose } from "./project.ts";

const TEXT = `x-common: &common { read_only: true }
services:
  a:
    <<: *common
    image: x
    ports: ["127.0.0.1:\${PORT:-80}:80"]
`;

Deno.test("parseCompose merges anchors and uses the default of an unset or empty variable", () => {
  const want = { a: { read_only: true, image: "x", ports: ["127.0.0.1:80:80"] } };
  assertEquals(parseCompose(TEXT, {}), want);
  assertEquals(parseCompose(TEXT, { PORT: "" }), want);
  assertEquals(parseCompose(TEXT, { PORT: "8" }).a.ports, ["127.0.0.1:8:80"]);
});

const REFUSED: [text: string, message: string][] = [
  ["services: { a: { image: '${X}' } }", "${X}: must be ${NAME:-default}"],
  ["services: { a: { image: x, image: y } }", "Map keys must be unique"],
];

for (const [text, message] of REFUSED) {
  Deno.test(`parseCompose refuses ${text}`, () => {
    assertThrows(() => parseCompose(text, {}), Error, message);
  });
}
