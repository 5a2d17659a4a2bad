/** What the command line touches outside of itself. */
import type { LiveScreen } from "./live_view.ts";

/** Tests put their own in its place. */
export interface Outside {
  readonly screen: LiveScreen;
  /** Given by Ctrl-C or SIGTERM. */
  readonly interrupt: AbortSignal;
  /** 130 or 143, after the signal that came. */
  interruptedCode(): number;
  now(): Date;
  /** A whole number of 0–max. */
  drawSeed(max: number): number;
  print(text: string): void;
  /** A line on stderr. */
  complain(line: string): void;
  exists(path: string): Promise<boolean>;
  /** Whether there is a real Toxiproxy to use. */
  hasRealToxiproxy(): boolean;
  /** What is wrong with the one that `TOXIPROXY_URL` names; null where nothing is, or none is named. */
  namedToxiproxyProblem(): Promise<string | null>;
  /** Makes a folder, and those above it, where there is none. */
  makeFolder(path: string): Promise<void>;
  /** Makes its folder where there is none. */
  writeFile(path: string, text: string): Promise<void>;
}
