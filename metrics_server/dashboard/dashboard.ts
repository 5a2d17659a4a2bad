/** The dashboard over HTTP: a page and its files, from memory, allowed nothing but themselves. */
import { FileAnswer } from "../serve/mod.ts";

/** The page itself. */
export const INDEX_FILE = "index.html";

/** Files the page is made of: nothing else of the folder is served. */
export const PAGE_FILES = [
  INDEX_FILE,
  "base.css",
  "status.css",
  "fabric.css",
  "table.css",
  "media.css",
  "icon.svg",
  "main.js",
  "cells.js",
  "changes.js",
  "color_scale.js",
  "columns.js",
  "dom.js",
  "domain.js",
  "format.js",
  "freshness.js",
  "heat_map.js",
  "history.js",
  "line_chart.js",
  "model.js",
  "poll_loop.js",
  "rows.js",
  "server_clock.js",
  "settings.js",
  "status_views.js",
  "stream_loop.js",
  "switch_view.js",
  "table_view.js",
  "telemetry.js",
  "telemetry_worker.js",
] as const;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml; charset=utf-8",
};

/** Content type of a file of the page, by its ending. */
export function contentTypeOf(file: string): string {
  const content_type = CONTENT_TYPES[file.slice(file.lastIndexOf(".") + 1)];
  if (content_type === undefined) throw new Error(`${file}: no content type is known for it`);
  return content_type;
}

/** What the page has to know of the service, beyond what `/stats` says. */
export interface DashboardSettings {
  /** `MAX_STALE_MS`; Infinity where it is not set. */
  readonly max_stale_ms: number;
}

/** Answers a request for a file of the page; null where the path is none of its. */
export type Dashboard = (request: Request, path: string) => Response | Promise<Response> | null;

/** Path of the page, and of the folder of its files. */
const PAGE_PATH = "/";
const FILES_PATH = "/dashboard/";

/** Path → file, for every file of the page. */
export const DASHBOARD_PATHS: ReadonlyMap<string, string> = new Map(
  PAGE_FILES.map((file) => [file === INDEX_FILE ? PAGE_PATH : FILES_PATH + file, file]),
);

/**
 * No inline script or style, no other host, no frame around it, nothing sent anywhere but here. The
 * one URL that is run as code, the worker's, has to come from the policy `dashboard` (telemetry.js).
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types dashboard",
].join("; ");

/** Headers of the page and its files. */
export const SECURITY_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Where index.html takes the settings. */
const MAX_STALE_PLACE = 'name="max-stale-ms" content=""';

/**
 * Reads the page's files; they are not looked at again.
 *
 * @param readText Reads a file of the folder `page`.
 */
export function createDashboard(
  settings: DashboardSettings,
  readText: (file: string) => string = readPageFile,
): Dashboard {
  const files = new Map<string, FileAnswer>();
  for (const [path, file] of DASHBOARD_PATHS) {
    const text = readText(file);
    const bytes = new TextEncoder().encode(
      file === INDEX_FILE ? withSettings(text, settings) : text,
    );
    files.set(path, new FileAnswer(bytes, contentTypeOf(file), SECURITY_HEADERS));
  }
  return (request, path) => files.get(path)?.answer(request, path) ?? null;
}

function withSettings(html: string, { max_stale_ms }: DashboardSettings): string {
  if (!html.includes(MAX_STALE_PLACE)) throw new Error(`${INDEX_FILE}: no ${MAX_STALE_PLACE}`);
  const value = Number.isFinite(max_stale_ms) ? String(max_stale_ms) : "";
  return html.replace(MAX_STALE_PLACE, `name="max-stale-ms" content="${value}"`);
}

function readPageFile(file: string): string {
  return Deno.readTextFileSync(new URL(`./page/${file}`, import.meta.url));
}
