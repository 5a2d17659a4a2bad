/**
 * Starts the worker that receives the telemetry.
 *
 * @param {(message: import("./model.js").FromWorker) => void} receive
 * @returns {(message: import("./model.js").ToWorker) => void} Sends a message to the worker.
 */
export function openTelemetry(receive) {
  const worker = new Worker(workerUrl(), { type: "module" });
  worker.onmessage = ({ data }) => receive(data);
  worker.onerror = () => receive({ kind: "unreachable" });
  return (message) => worker.postMessage(message);
}

function workerUrl() {
  const url = new URL("./telemetry_worker.js", import.meta.url).href;
  const trusted_types = /** @type {any} */ (globalThis).trustedTypes;
  if (trusted_types === undefined) return url;
  const policy = trusted_types.createPolicy("dashboard", {
    createScriptURL: (/** @type {string} */ wanted) => {
      if (wanted !== url) throw new TypeError(`${wanted} is not the page's worker`);
      return wanted;
    },
  });
  return policy.createScriptURL(url);
}
