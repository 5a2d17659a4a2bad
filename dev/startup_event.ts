/** Finds the `startup` event in a service's log: it tells the port a `PORT=0` has picked. */

/** What the `startup` event tells. */
export interface Startup {
  url: string;
  port: number;
}

const MARK = '"event":"startup"';

/**
 * The `startup` event among these whole lines, or null where it is not there.
 *
 * ```ts
 * startupIn('{"event":"startup","url":"http://0.0.0.0:9001","port":9001}\n')?.port; // 9001
 * ```
 */
export function startupIn(whole_lines: string): Startup | null {
  for (const line of whole_lines.split("\n")) {
    if (!line.includes(MARK)) continue;
    try {
      const { event, url, port } = JSON.parse(line);
      if (event === "startup" && typeof url === "string" && Number.isInteger(port)) {
        return { url, port };
      }
    } catch {
      // Not an event: something else wrote to stdout, and it is passed on like all the rest.
    }
  }
  return null;
}
