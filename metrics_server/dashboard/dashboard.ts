/** Serves the dashboard: a page and its files, from memory, under a strict policy. */
import { FileAnswer } from "../serve/mod.ts";

const CONTENT_TYPES = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml; charset=utf-8",
};

type Extension = keyof typeof CONTENT_TYPES;

const INDEX_FILE = "index.html";

/** Files of the page; other files of the folder are not served. */
const PAGE_FILES: readonly `${string}.${Extension}`[] = [
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
  "controls.js",
  "csv.js",
  "dom.js",
  "domain.js",
  "feed.js",
  "fields.js",
  "format.js",
  "freshness.js",
  "groups.js",
  "heat_map.js",
  "history.js",
  "legend.js",
  "line_chart.js",
  "model.js",
  "order.js",
  "poll_loop.js",
  "prometheus.js",
  "query.js",
  "rows.js",
  "server_clock.js",
  "settings.js",
  "status_views.js",
  "stream_loop.js",
  "switch_view.js",
  "table_view.js",
  "telemetry.js",
  "telemetry_worker.js",
  "thresholds.js",
];

/** Answers requests for files of the page; null for other paths. */
type Dashboard = (request: Request, path: string) => Response | Promise<Response> | null;

/** Paths of the page and of its files. */
const PAGE_PATH = "/";
const FILES_PATH = "/dashboard/";

/**
 * No inline scripts or styles, no other hosts, no frames. The worker's URL must come from the
 * Trusted Types policy `dashboard` (telemetry.js).
 */
const CONTENT_SECURITY_POLICY = [
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

export const SECURITY_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The element of the page that names PROMETHEUS_URL. */
const PROMETHEUS_META = '<meta name="prometheus-url" content="">';

/**
 * Creates the route; reads the page's files once.
 *
 * @param prometheus_url Written into the page; empty for none.
 */
export function createDashboard(prometheus_url: string): Dashboard {
  const files = new Map<string, FileAnswer>();
  const meta = PROMETHEUS_META.replace('""', () => `"${escapeAttribute(prometheus_url)}"`);
  for (const file of PAGE_FILES) {
    const text = readPageFile(file);
    const shown = file === INDEX_FILE ? text.replace(PROMETHEUS_META, () => meta) : text;
    const bytes = new TextEncoder().encode(shown);
    const path = file === INDEX_FILE ? PAGE_PATH : FILES_PATH + file;
    const content_type = CONTENT_TYPES[file.split(".")[1] as Extension];
    files.set(path, new FileAnswer(bytes, content_type, SECURITY_HEADERS));
  }
  return (request, path) => files.get(path)?.answer(request, path) ?? null;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function readPageFile(file: string): string {
  return Deno.readTextFileSync(new URL(`./page/${file}`, import.meta.url));
}
