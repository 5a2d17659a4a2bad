import { assertEquals } from "@std/assert";
import { printable } from "./printable.ts";

for (
  const [text, shown] of [
    ["Köln °C, 漢字 🚦", "Köln °C, 漢字 🚦"],
    ["\x00\x1b[2J\x7f\x9b", "\\u{0}\\u{1b}[2J\\u{7f}\\u{9b}"],
    ["a\tb\r\nc", "a\\u{9}b\\u{d}\\u{a}c"],
    ["a\u202eb\u2028c\ufeff", "a\\u{202e}b\\u{2028}c\\u{feff}"],
  ]
) {
  Deno.test(`printable shows ${JSON.stringify(shown)}`, () => {
    assertEquals(printable(text), shown);
  });
}
