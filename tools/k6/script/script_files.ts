/** Files scripts open, each read once however many VUs ask for it. */
import type { Instantiator } from "./instantiate.ts";

/** Bytes all opened files may have together. */
export const OPENED_BYTES_MAX = 1_073_741_824;

export class ScriptFiles {
  readonly #read: (url: string) => Uint8Array;
  readonly #instantiator: Instantiator;
  readonly #entry: string;
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #texts = new Map<string, string>();
  #total_bytes = 0;

  /** @param read @throws where there is no such file. */
  constructor(read: (url: string) => Uint8Array, instantiator: Instantiator, entry: string) {
    this.#read = read;
    this.#instantiator = instantiator;
    this.#entry = entry;
  }

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

  /** The script's file whose code a stack is in; else the one the run began with. */
  callerOf(stack: string): string {
    return this.#instantiator.fileOf(stack) ?? this.#entry;
  }

  #get(url: string): Uint8Array {
    const known = this.#bytes.get(url);
    if (known !== undefined) return known;
    const bytes = this.#read(url);
    this.#total_bytes += bytes.length;
    if (this.#total_bytes > OPENED_BYTES_MAX) {
      throw new TypeError(`open: a script may open at most ${OPENED_BYTES_MAX} bytes of files`);
    }
    this.#bytes.set(url, bytes);
    return bytes;
  }
}
