/** Which modules a script may import besides its own files. */

/** Modules the runner has, by the name scripts import them by, as files of `k6/`. */
const RUNNER_MODULES: Readonly<Record<string, string>> = {
  "k6": "core.ts",
  "k6/crypto": "crypto.ts",
  "k6/data": "data.ts",
  "k6/encoding": "encoding.ts",
  "k6/execution": "execution.ts",
  "k6/http": "http.ts",
  "k6/metrics": "metrics.ts",
  "k6/options": "options.ts",
  "k6/timers": "timers.ts",
};

/** Remote modules the runner has a copy in kind of, whatever version a script names. */
const JSLIB_MODULES: Readonly<Record<string, string>> = {
  "k6-summary": "jslib/k6_summary.ts",
  "k6-utils": "jslib/k6_utils.ts",
};

const JSLIB = /^https:\/\/jslib\.k6\.io\/([^/]+)\/[^/]+\/(?:index\.js)?$/;

/** Where a specifier leads: to a file of the runner, to one of the script's, or nowhere (why). */
export type Resolution =
  | { readonly runner_file: string }
  | { readonly url: string }
  | { readonly refusal: string };

/**
 * ```ts
 * resolveModule("k6/http", "file:///home/me/load.js"); // { runner_file: "http.ts" }
 * resolveModule("./lib.js", "file:///home/me/load.js"); // { url: "file:///home/me/lib.js" }
 * ```
 */
export function resolveModule(specifier: string, importer: string): Resolution {
  if (specifier === "k6" || specifier.startsWith("k6/")) {
    const runner_file = RUNNER_MODULES[specifier];
    if (runner_file !== undefined) return { runner_file };
    const known = Object.keys(RUNNER_MODULES).join(", ");
    return { refusal: `is not offered by this runner: use real k6, or one of ${known}` };
  }
  const jslib = JSLIB.exec(specifier)?.[1];
  if (jslib !== undefined && jslib in JSLIB_MODULES) return { runner_file: JSLIB_MODULES[jslib] };
  if (/^https?:\/\//.test(specifier)) {
    const known = Object.keys(JSLIB_MODULES).join(", ");
    return {
      refusal: `is not fetched: save it beside the script and import it by a relative path ` +
        `(of jslib.k6.io, ${known} are built in)`,
    };
  }
  if (/^(\.{0,2}\/|file:\/\/)/.test(specifier)) return { url: new URL(specifier, importer).href };
  return { refusal: "is no k6 module; a file is imported by a path that begins with ./ or ../" };
}
