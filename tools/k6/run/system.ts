/** Everything a run touches outside of itself; tests put their own in its place. */
export interface Outside {
  /** The directory the run was started in, as a `file:` URL that ends with `/`. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly is_stdout_tty: boolean;
  readonly is_stderr_tty: boolean;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Unix time at `now() === 0`. */
  readonly epoch_origin_ms: number;
  random(): number;
  stdout(text: string): void;
  stderr(text: string): void;
  /** @throws where it cannot be read. */
  readText(url: string): Promise<string>;
  readBytes(url: string): Uint8Array;
  /** @throws where it cannot be written. */
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
  /** @throws where it cannot be opened. */
  openForWriting(path: string): OpenFile;
  /** Resolves when somebody asks the run to end: Ctrl-C. */
  readonly stop_requested: Promise<unknown>;
}

export interface OpenFile {
  write(text: string): void;
  close(): void;
}
