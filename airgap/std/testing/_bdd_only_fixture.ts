/** Suites of which only some tests are asked for; `bdd_test.ts` runs them and reads what happened. */

import { describe, it } from "@std/testing/bdd";

const log: string[] = [];
const note = (what: string) => () => void log.push(what);

globalThis.addEventListener("unload", () => {
  Deno.stdout.writeSync(new TextEncoder().encode(`LOG ${JSON.stringify(log)}\n`));
});

it("plain", note("never"));
it.only("only test", note("only test"));
describe("with only inside", () => {
  it("left out", note("never"));
  it.only("only step", note("only step"));
  describe("deeper", () => {
    it("left out", note("never"));
    it.only("only deep step", note("only deep step"));
  });
  describe("without only", () => it("left out", note("never")));
});
describe("with an only suite inside", () => {
  it("left out", note("never"));
  describe.only("only suite", () => {
    it("a", note("only suite a"));
    it("b", note("only suite b"));
  });
});
describe.only("only top suite", () => it("c", note("only top suite")));
