/** Versions of published snapshots as texts: `7-12` is the 12th of the leader elected 7th. */
import type { Version } from "../saved/mod.ts";

/** Null for any other text. */
export function parseVersion(text: string): Version | null {
  const [, fence, n] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return fence === undefined ? null : { fence: Number(fence), n: Number(n) };
}

export function versionText({ fence, n }: Version): string {
  return `${fence}-${n}`;
}

/** Whether `a` was published after `b`; null is older than any version. */
export function isLater(a: Version | null, b: Version | null): boolean {
  if (a === null || b === null) return a !== null;
  return a.fence > b.fence || a.fence === b.fence && a.n > b.n;
}
