import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { comparable } from "./comparable.ts";
import { seededRandom } from "../vocabulary/mod.ts";

const EQUAL: readonly (readonly string[])[] = [
  ["39.40", "39.4", "39.4000", "3.94e1", "394E-1", "+39.4", "039.40", " 39.4 "],
  ["104", "104.0", "104.", "1.04e+2", "104e0", "104e-00", "104e+0000000000000000000000"],
  ["1e3", "1000", "1E3", "1e+03", ".1e4", "1000.000"],
  ["0", "-0", "+0", "0.0", ".0", "0.", "0e5", "-0.00e-7", "000"],
  ["0.0000001", "1E-7", "1e-07", ".0000001", "0.1e-6"],
  ["-12.50", "-12.5", "-1.25e1", "-012.5"],
  ["9007199254740993", "9007199254740993.0", "9.007199254740993e15"],
  ["18446744073709551615", "1844674407370955161.5e1"],
  ["1e400", "10e399", "1" + "0".repeat(400)],
  ["1e999999999", "10e999999998"],
  ["", "N/A", "nan", "NaN", "-nan", " "],
  ["up", " up "],
];

for (const [group, [first]] of EQUAL.entries()) {
  Deno.test(`comparable is the same for all spellings of ${JSON.stringify(first)}`, () => {
    for (const spelling of EQUAL[group]) {
      assertEquals(comparable(spelling), comparable(first), spelling);
    }
  });
}

Deno.test("comparable differs for different values", () => {
  for (const [i, [one]] of EQUAL.entries()) {
    for (const [other] of EQUAL.slice(i + 1)) {
      assertNotEquals(comparable(one), comparable(other), `${one} and ${other}`);
    }
  }
});

for (
  const [source, answered] of [
    ["9007199254740993", "9007199254740992"],
    ["18446744073709551615", "18446744073709551616"],
    ["0.1", "0.1000000000000000055511151231257827"],
    ["39.4", "-39.4"],
    ["1e-400", "0"],
    ["1e309", "1e310"],
    ["100", "10"],
    ["0x10", "16"],
    ["0x0c42a103007ddd00", "0x0c42a103007ddd01"],
    ["1.2.30", "1.2.3"],
    ["1,5", "1.5"],
    ["1_000", "1000"],
    ["1e", "1"],
    [".", "0"],
    ["- 1", "-1"],
    ["up", "UP"],
    ["Infinity", "inf"],
    ["1e99999999999999999999", "1e99999999999999999998"],
  ]
) {
  Deno.test(`comparable distinguishes ${source} from ${answered}`, () => {
    assertNotEquals(comparable(source), comparable(answered));
  });
}

/** A number as integer digits and a power of ten, and a random spelling of it. */
function spellings(random: () => number) {
  const below = (n: number) => Math.floor(random() * n);
  const length = 1 + below(40);
  const digits = Array.from({ length }, () => below(10)).join("").replace(/^0+(?=.)/, "");
  const power = below(61) - 30;
  const zeros = (n: number) => "0".repeat(below(n));
  const spell = () => {
    const point = below(digits.length + 1);
    const moved = power + digits.length - point;
    const [head, tail] = [digits.slice(0, point), digits.slice(point) + zeros(4)];
    const mantissa = `${zeros(3)}${head}${tail === "" ? "" : `.${tail}`}`;
    const exponent = `${moved < 0 ? "-" : ["", "+"][below(2)]}${zeros(3)}${Math.abs(moved)}`;
    return `${mantissa || "0"}${"eE"[below(2)]}${exponent}`;
  };
  return { digits: BigInt(digits), power, spell };
}

Deno.test("comparable agrees with exact integer arithmetic on random numbers", () => {
  const random = seededRandom(12, "comparable");
  const SCALE = 40;
  for (let i = 0; i < 5000; i++) {
    const { digits, power, spell } = spellings(random);
    const [a, b] = [spell(), spell()];
    assertEquals(comparable(a), comparable(b), `${a} and ${b}`);
    const exact = digits * 10n ** BigInt(power + SCALE);
    const off = (digits + 1n) * 10n ** BigInt(power + SCALE);
    assert(exact !== off);
    assertNotEquals(comparable(a), comparable(`${digits + 1n}e${power}`), a);
    assertEquals(comparable(a), comparable(`${exact}e-${SCALE}`), a);
  }
});

Deno.test("comparable takes linear time and no memory for huge texts and exponents", () => {
  const long = 1_000_000;
  for (const text of ["1e999999999", `${"0".repeat(long)}1`, `1${"0".repeat(long)}x`]) {
    const from_ms = performance.now();
    assert(comparable(text).length <= text.length + 3);
    assert(performance.now() - from_ms < 5000, text.slice(0, 20));
  }
});
