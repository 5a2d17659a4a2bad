/** The page's only door to the service: whatever comes of it is told here, however it came. */

/** @typedef {import("./model.js").FromWorker} FromWorker */
/** @typedef {import("./model.js").ToWorker} ToWorker */

/**
 * Starts asking.
 *
 * @param {(message: FromWorker) => void} hear
 * @returns {(message: ToWorker) => void} Tells what is wanted.
 */
export function openTelemetry(hear) {
  const worker = new Worker(workerUrl(), { type: "module" });
  worker.onmessage = ({ data }) => hear(data);
  worker.onerror = (event) => {
    hear({ kind: "unreachable", detail: event.message ?? "the page's worker failed", at_ms: NaN });
  };
  return (message) => worker.postMessage(message);
}

function workerUrl() {
  const url = new URL("./telemetry_worker.js", import.meta.url).href;
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (types === undefined) return url;
  const policy = types.createPolicy("dashboard", {
    createScriptURL: (/** @type {string} */ wanted) => {
      if (wanted !== url) throw new TypeError(`${wanted} is not the page's worker`);
      return wanted;
    },
  });
  return policy.createScriptURL(url);
}
