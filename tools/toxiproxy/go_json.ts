/**
 * Reads JSON as Go's `encoding/json` does (`Decoder.Decode`, Go 1.23): one value; text after it is
 * ignored. Errors have Go's words. {@link decodeObject} fills named fields, in any case of letters.
 */

/** A JSON value; a number stays text, an object keeps its order and repeated keys. */
export type Json =
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, Json])[] }
  | { readonly kind: "array"; readonly items: readonly Json[] }
  | { readonly kind: "string" | "number"; readonly text: string }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "null" };

/** Deepest nesting that is read; 10,000 in Go. */
const DEPTH_MAX = 1_000;

/** The first value of a text. @throws {Error} `unexpected EOF`, `invalid character 'b' …` */
export function parseGoJson(text: string): Json {
  const scanner = new Scanner(text);
  if (scanner.isAtEnd()) throw new Error("EOF");
  return scanner.value(1);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Scanner {
  #at = 0;

  constructor(readonly text: string) {}

  isAtEnd(): boolean {
    while (/[ \t\r\n]/.test(this.text.charAt(this.#at))) this.#at++;
    return this.#at >= this.text.length;
  }

  value(depth: number): Json {
    const char = this.#next();
    if (depth > DEPTH_MAX && /[{[]/.test(char)) throw this.#refuse("exceeded max depth");
    switch (char) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return { kind: "string", text: this.#string() };
      case "t":
        return this.#literal("true", { kind: "bool", value: true });
      case "f":
        return this.#literal("false", { kind: "bool", value: false });
      case "n":
        return this.#literal("null", { kind: "null" });
    }
    if (/[-\d]/.test(char)) return { kind: "number", text: this.#number() };
    throw this.#refuse("looking for beginning of value");
  }

  #object(depth: number): Json {
    const entries: [string, Json][] = [];
    this.#at++;
    if (this.#next() === "}") return this.#closed({ kind: "object", entries });
    while (true) {
      if (this.#next() !== '"') throw this.#refuse("looking for beginning of object key string");
      const key = this.#string();
      if (this.#next() !== ":") throw this.#refuse("after object key");
      this.#at++;
      entries.push([key, this.value(depth + 1)]);
      const char = this.#next();
      if (char === "}") return this.#closed({ kind: "object", entries });
      if (char !== ",") throw this.#refuse("after object key:value pair");
      this.#at++;
    }
  }

  #array(depth: number): Json {
    const items: Json[] = [];
    this.#at++;
    if (this.#next() === "]") return this.#closed({ kind: "array", items });
    while (true) {
      items.push(this.value(depth + 1));
      const char = this.#next();
      if (char === "]") return this.#closed({ kind: "array", items });
      if (char !== ",") throw this.#refuse("after array element");
      this.#at++;
    }
  }

  #closed(value: Json): Json {
    this.#at++;
    return value;
  }

  #string(): string {
    let read = "";
    this.#at++;
    while (true) {
      const char = this.#char();
      if (char < " ") throw this.#refuse("in string literal");
      this.#at++;
      if (char === '"') return read.toWellFormed();
      read += char === "\\" ? this.#escape() : char;
    }
  }

  #escape(): string {
    const char = this.#char();
    if (char !== "u") {
      if (!Object.hasOwn(ESCAPES, char)) throw this.#refuse("in string escape code");
      this.#at++;
      return ESCAPES[char];
    }
    this.#at++;
    for (const start = this.#at; this.#at < start + 4; this.#at++) {
      if (!/[\da-f]/i.test(this.#char())) throw this.#refuse("in \\u hexadecimal character escape");
    }
    return String.fromCharCode(parseInt(this.text.slice(this.#at - 4, this.#at), 16));
  }

  #number(): string {
    const start = this.#at;
    if (this.#char() === "-") this.#at++;
    if (this.#char() === "0") this.#at++;
    else this.#digits("in numeric literal");
    if (this.text[this.#at] === ".") {
      this.#at++;
      this.#digits("after decimal point in numeric literal");
    }
    if (/[eE]/.test(this.text.charAt(this.#at))) {
      this.#at++;
      if (/[-+]/.test(this.#char())) this.#at++;
      this.#digits("in exponent of numeric literal");
    }
    return this.text.slice(start, this.#at);
  }

  #digits(where: string): void {
    if (!/\d/.test(this.#char())) throw this.#refuse(where);
    while (/\d/.test(this.text.charAt(this.#at))) this.#at++;
  }

  #literal(word: string, value: Json): Json {
    for (const expected of word) {
      if (this.#char() !== expected) {
        throw this.#refuse(`in literal ${word} (expecting '${expected}')`);
      }
      this.#at++;
    }
    return value;
  }

  /** The next character after white space. */
  #next(): string {
    if (this.isAtEnd()) throw new Error("unexpected EOF");
    return this.text[this.#at];
  }

  #char(): string {
    if (this.#at >= this.text.length) throw new Error("unexpected EOF");
    return this.text[this.#at];
  }

  #refuse(where: string): Error {
    return new Error(`invalid character ${quoted(this.text.slice(this.#at))} ${where}`);
  }
}

/** The first UTF-8 byte of a text as Go quotes it. */
function quoted(text: string): string {
  const char = String.fromCharCode(new TextEncoder().encode(text.slice(0, 2))[0]);
  if (char === "'") return "'\\''";
  if (char === '"') return `'"'`;
  return `'${JSON.stringify(char).slice(1, -1).replace(/^\\u00/, "\\x")}'`;
}

type Scalar = "string" | "bool" | "int" | "int64" | "float32";

/** A Go struct: its type, the name before its fields in errors, and its fields. */
export interface GoStruct {
  readonly type: string;
  /** `Proxy` in `Go struct field Proxy.name`. */
  readonly label: string;
  readonly fields: Readonly<Record<string, Scalar | GoStruct>>;
}

export interface Decoded {
  /** By the field's own name, the last of repeated ones; missing and null fields are absent. */
  readonly values: Record<string, unknown>;
  /** Keys that match no field, as written. */
  readonly unknown: readonly string[];
}

/**
 * Fills the fields of a struct; `null` changes nothing. Keys match in any case of letters.
 * @throws {Error} `json: cannot unmarshal number into Go struct field Proxy.name of type string`
 */
export function decodeObject(json: Json, struct: GoStruct): Decoded {
  const values: Record<string, unknown> = {};
  const unknown: string[] = [];
  if (json.kind === "null") return { values, unknown };
  if (json.kind !== "object") throw mismatch(json, `value of type ${struct.type}`);
  for (const [key, value] of json.entries) {
    const name = foldedName(key);
    if (!Object.hasOwn(struct.fields, name)) unknown.push(key);
    else if (value.kind !== "null") {
      values[name] = decodeField(value, name, struct, values[name] as Decoded);
    }
  }
  return { values, unknown };
}

function decodeField(json: Json, name: string, struct: GoStruct, before?: Decoded): unknown {
  const field = struct.fields[name];
  const target = `struct field ${struct.label}.${name} of type `;
  if (typeof field === "string") return decodeScalar(json, field, target + field);
  if (json.kind !== "object") throw mismatch(json, target + field.type);
  const { values, unknown } = decodeObject(json, field);
  return {
    values: { ...before?.values, ...values },
    unknown: [...before?.unknown ?? [], ...unknown],
  };
}

function decodeScalar(json: Json, type: Scalar, target: string): unknown {
  if (type === "string" && json.kind === "string") return json.text;
  if (type === "bool" && json.kind === "bool") return json.value;
  if (type === "string" || type === "bool" || json.kind !== "number") throw mismatch(json, target);
  const number = type === "float32" ? float32(json.text) : int64(json.text);
  if (Number.isFinite(number)) return number;
  throw mismatch(json, target, ` ${json.text}`);
}

/** NaN unless it is a whole number of 64 bits, written without fraction and exponent. */
function int64(text: string): number {
  if (!/^-?\d+$/.test(text)) return NaN;
  return BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? Number(text) + 0 : NaN;
}

/** The shortest number of the same 32 bits; infinite if there is none. */
function float32(text: string): number {
  const wanted = Math.fround(Number(text));
  for (let digits = 1; digits < 9; digits++) {
    const shortest = Number(wanted.toPrecision(digits));
    if (Math.fround(shortest) === wanted) return shortest;
  }
  return Number(wanted.toPrecision(9));
}

/** Go's simple folding: `ſ` and the Kelvin sign are letters s and k. */
function foldedName(key: string): string {
  return key.toLowerCase().replaceAll("ſ", "s");
}

function mismatch(json: Json, target: string, what = ""): Error {
  return new Error(`json: cannot unmarshal ${json.kind}${what} into Go ${target}`);
}

/** A map as Go writes it, in the order of the entries; JS objects put numeric names first. */
export function mapToGoJson(entries: readonly (readonly [string, unknown])[]): string {
  return `{${entries.map(([key, value]) => `${toGoJson(key)}:${toGoJson(value)}`).join()}}`;
}

/** A value as Go writes it: HTML characters and the two line separators are escaped. */
export function toGoJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
