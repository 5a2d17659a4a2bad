/** Files that scripts open; each is read once for all VUs. */
import { describeError } from "./errors.ts";
import type { Instantiator } from "./instantiate.ts";

/** Bytes of all opened files together. */
const OPENED_BYTES_MAX = 1_073_741_824;

export class ScriptFiles {
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #texts = new Map<string, string>();
  #total_bytes = 0;

  /** @param read @throws if the file does not exist. */
  constructor(
    private readonly read: (url: string) => Uint8Array,
    private readonly instantiator: Instantiator,
    private readonly entry: string,
  ) {}

  text(url: string): string {
    let text = this.#texts.get(url);
    if (text === undefined) {
      text = new TextDecoder().decode(this.#get(url));
      this.#texts.set(url, text);
    }
    return text;
  }

  bytes(url: string): ArrayBuffer {
    return this.#get(url).slice().buffer as ArrayBuffer;
  }

  /** What a file or module exports, for the first file of the script in a stack. */
  require(specifier: unknown, stack: string): unknown {
    return this.instantiator.require(specifier, this.callerOf(stack));
  }

  /** An error with the script's lines of its stack. */
  describe(error: unknown): string {
    return describeError(error, (text) => this.instantiator.localize(text));
  }

  /** The first file of the script in a stack; else the entry file. */
  callerOf(stack: string): string {
    return this.instantiator.fileOf(stack) ?? this.entry;
  }

  #get(url: string): Uint8Array {
    const known = this.#bytes.get(url);
    if (known !== undefined) return known;
    const bytes = this.read(url);
    this.#total_bytes += bytes.length;
    if (this.#total_bytes > OPENED_BYTES_MAX) {
      throw new TypeError(`open: a script may open at most ${OPENED_BYTES_MAX} bytes of files`);
    }
    this.#bytes.set(url, bytes);
    return bytes;
  }
}
