// Requests one URL in a closed loop (VUS, DURATION), or RATE times per second.
import http from "k6/http";

const vus = Number(__ENV.VUS);
const rate = Number(__ENV.RATE || 0);

export const options = {
  scenarios: {
    one_url: rate > 0
      ? { executor: "constant-arrival-rate", rate, duration: __ENV.DURATION, preAllocatedVUs: vus }
      : { executor: "constant-vus", vus, duration: __ENV.DURATION, gracefulStop: "1s" },
  },
  summaryTrendStats: ["med", "p(95)", "p(99)", "max"],
};

export default async function () {
  await http.asyncRequest("GET", __ENV.URL);
}

export function handleSummary(data) {
  return { [`${__ENV.OUT_DIR}/k6-one_url.json`]: JSON.stringify(data) };
}
