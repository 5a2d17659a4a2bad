/** Suites that pass, fail, and are left out; `bdd_test.ts` runs them and reads what happened. */

import {
  after,
  afterAll,
  afterEach,
  before,
  beforeAll,
  beforeEach,
  describe,
  it,
  test,
} from "@std/testing/bdd";

const log: string[] = [];
const note = (what: string) => () => void log.push(what);
const refused = (register: () => void) => {
  try {
    register();
  } catch (error) {
    log.push(`refused: ${(error as Error).message}`);
  }
};

globalThis.addEventListener("unload", () => {
  Deno.stdout.writeSync(new TextEncoder().encode(`LOG ${JSON.stringify(log)}\n`));
});

describe("nested", () => {
  beforeAll(note("all before 1"));
  before(note("all before 2"));
  afterAll(note("all after 1"));
  after(note("all after 2"));
  beforeEach(note("each before"));
  afterEach(note("each after"));
  it("first", note("first"));
  describe("inner", () => {
    beforeAll(note("inner all before"));
    afterAll(note("inner all after"));
    beforeEach(note("inner each before"));
    afterEach(note("inner each after"));
    it("second", note("second"));
  });
  test("third", async () => {
    await Promise.resolve();
    log.push("third");
  });
  it.skip("skipped", note("never"));
  it.ignore("ignored", note("never"));
  it("ignored by option", { ignore: true }, note("never"));
});

describe("shared", () => {
  beforeAll(function (this: { value: number }) {
    this.value = 1;
  });
  beforeEach(function (this: { value: number }) {
    this.value++;
  });
  const read = function (this: { value: number }, t: Deno.TestContext) {
    log.push(`${t.name}: value ${this.value}`);
  };
  it("one test", read);
  it("another test", read);
});

describe("a failing test", () => {
  afterEach(note("each after failure"));
  afterAll(note("all after failure"));
  it("fails", () => {
    throw new Error("on purpose");
  });
  it("runs all the same", note("after the failing test"));
});

describe("a failing beforeEach", () => {
  beforeEach(() => {
    throw new Error("on purpose");
  });
  afterEach(note("never"));
  it("does not run", note("never"));
});

describe("a failing beforeAll", () => {
  beforeAll(() => {
    throw new Error("on purpose");
  });
  afterAll(note("never"));
  it("does not run either", note("never"));
});

describe({
  name: "options",
  beforeEach: note("option each before"),
  afterAll: [note("option all after")],
  fn() {
    it({ name: "by definition", fn: note("by definition") });
    it(function byFunctionName() {
      log.push("by function name");
    });
  },
});

const flat = describe("flat");
it(flat, "flat test", note("flat test"));
describe(flat, "flat inner", () => it("flat inner test", note("flat inner test")));
it({ name: "flat by option", suite: flat, fn: note("flat by option") });

const focused = describe("focused");
const focusedInner = describe(focused, "focused inner");
it(focused, "left out", note("never"));
it.only(focusedInner, "focused test", note("focused test"));

it("top", note("top"));
describe.skip("skipped suite", () => it("in a skipped suite", note("never")));

refused(() => describe("asynchronous", (() => Promise.resolve()) as unknown as () => undefined));
refused(() => beforeEach(note("never")));

describe("while running", () => {
  it("registers nothing", () => {
    refused(() => it("late", note("never")));
    refused(() => describe("late", note("never")));
  });
});
