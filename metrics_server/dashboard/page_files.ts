/** What the page is made of. */

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
  "banner.js",
  "cells.js",
  "changes.js",
  "color_scale.js",
  "columns.js",
  "dom.js",
  "domain.js",
  "event_stream.js",
  "extremes.js",
  "extremes_view.js",
  "format.js",
  "freshness.js",
  "freshness_view.js",
  "heat_map.js",
  "history.js",
  "hints_view.js",
  "intervals.js",
  "line_chart.js",
  "model.js",
  "noun.js",
  "order.js",
  "poll_loop.js",
  "requests_view.js",
  "ring.js",
  "server_clock.js",
  "settings.js",
  "sources_view.js",
  "stream_loop.js",
  "switch_view.js",
  "table_view.js",
  "table_window.js",
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
