/** The page's files, read once and kept in memory. */
import { etagOfBytes } from "../../platform/mod.ts";

/** A file of the page as it is sent. */
export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly content_type: string;
  /** Strong: the bytes are the same for the same tag. */
  readonly etag: string;
}

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

/** Makes an asset of a file's text. */
export function assetOf(name: string, text: string): Asset {
  const content_type = CONTENT_TYPES[name.slice(name.lastIndexOf(".") + 1)];
  if (content_type === undefined) throw new Error(`${name}: no content type is known for it`);
  const body = new TextEncoder().encode(text);
  return { body, content_type, etag: etagOfBytes(body) };
}
