/** A weighted mix of traffic: mostly GetMetric, some lists, unknown switches, invalid requests. */
import {
  getMetric,
  getReady,
  getUnknownSwitch,
  getWithoutMetric,
  listMetrics,
} from "./requests.js";

/** @typedef {import("./target.js").Fabric} Fabric */

/** ETag of the last list of this VU. */
let etag = "";

async function listIfChanged() {
  const res = await listMetrics(etag);
  etag = res.headers["Etag"] || etag;
}

/** @type {[weight: number, send: (fabric: Fabric) => Promise<unknown>][]} */
const MIX = [
  [80, getMetric],
  [7, () => listMetrics("")],
  [3, listIfChanged],
  [5, getUnknownSwitch],
  [3, getWithoutMetric],
  [2, getReady],
];

const WEIGHTS = MIX.reduce((sum, [weight]) => sum + weight, 0);

/**
 * Sends one request of the mix.
 * @param {Fabric} fabric
 */
export async function sendMixed(fabric) {
  let left = Math.random() * WEIGHTS;
  const chosen = MIX.find(([weight]) => (left -= weight) < 0) || MIX[0];
  await chosen[1](fabric);
}
