/** 404: a switch or metric that no source has. */
import { rateOf } from "../../contracts/mod.ts";
import { echo, refuse } from "./problems.ts";

/** 404: no source has this field. */
export function unknownField(field: string, fields: readonly string[]): Response {
  return refuse("unknown-metric", {
    detail: `No metric ${echo(field)}: ${knownMetrics(field, fields)}${aboutCommas(field)}`,
    members: { metric: echo(field) },
  });
}

/** 404: no source has this switch. */
export function unknownSwitch(switch_id: string): Response {
  return refuse("unknown-switch", {
    detail: `No switch ${echo(switch_id)}: /telemetry/ListMetrics names the switches there are` +
      aboutCommas(switch_id),
    members: { switch_id: echo(switch_id) },
  });
}

/** 404: the switch exists, the metric does not. */
export function unknownMetric(
  metric: string,
  switch_id: string,
  metrics: string[],
  repeated: readonly string[],
): Response {
  const known = knownMetrics(metric, metrics) +
    (repeated.includes(metric) ? ". Several columns of the source have this name" : "");
  return refuse("unknown-metric", {
    detail: `No metric ${echo(metric)} for switch ${echo(switch_id)}: ${known}`,
    members: { switch_id: echo(switch_id), metric: echo(metric) },
  });
}

/** Some of the metrics, or why one of them has no rate. */
function knownMetrics(wanted: string, metrics: readonly string[]): string {
  const of = rateOf(wanted);
  if (of !== null && metrics.includes(of)) {
    return "only counters have rates, see /telemetry/columns";
  }
  return `there are ${metrics.slice(0, 8).map(echo).join(", ")}${metrics.length > 8 ? ", …" : ""}`;
}

/** Advice for clients that encoded the commas of a list. */
function aboutCommas(name: string): string {
  return name.includes(",") ? "; in a list, names are separated by plain commas, not by %2C" : "";
}
