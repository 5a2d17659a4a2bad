/** Hooks outside of any suite; `bdd_test.ts` runs them and reads what happened. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "@std/testing/bdd";

const log: string[] = [];
const note = (what: string) => () => void log.push(what);

globalThis.addEventListener("unload", () => {
  Deno.stdout.writeSync(new TextEncoder().encode(`LOG ${JSON.stringify(log)}\n`));
});

beforeAll(note("all before"));
beforeEach(note("each before"));
afterEach(note("each after"));
afterAll(note("all after"));
it("a", note("a"));
describe("suite", () => it("b", note("b")));
