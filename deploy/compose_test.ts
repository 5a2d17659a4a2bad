import { assertEquals, assertThrows } from "@std/assert";
import { parseCompose } from "./compose.ts";

const TEXT = `x-common: &common { read_only: true }
services:
  a:
    <<: *common
    image: x
    ports: ["127.0.0.1:\${PORT:-80}:80"]
`;

Deno.test("parseCompose merges anchors and fills in defaults where a variable is unset or empty", () => {
  const want = { a: { read_only: true, image: "x", ports: ["127.0.0.1:80:80"] } };
  assertEquals(parseCompose(TEXT, {}), want);
  assertEquals(parseCompose(TEXT, { PORT: "" }), want);
  assertEquals(parseCompose(TEXT, { PORT: "8" }).a.ports, ["127.0.0.1:8:80"]);
});

Deno.test("parseCompose takes volumes that are declared, and folders of the project", () => {
  const text = "services: { a: { volumes: ['data:/data', './b:/b:ro'] } }\nvolumes: { data: }";
  assertEquals(parseCompose(text, {}).a.volumes, ["data:/data", "./b:/b:ro"]);
});

const REFUSED: [text: string, message: string][] = [
  ["services: { a: { imgae: x } }", "services.a.imgae: not a key that is known here"],
  ["services: { a: { image: '${X}' } }", "${X}: must be ${NAME:-default}"],
  ["services: { a: { volumes: ['data:/data'] } }", "services.a: volume data is not declared"],
  ["services: { a: { image: x, image: y } }", "Map keys must be unique"],
];

for (const [text, message] of REFUSED) {
  Deno.test(`parseCompose refuses ${text}`, () => {
    assertThrows(() => parseCompose(text, {}), Error, message);
  });
}
