/**
 * Where the embedded proxy differs from Toxiproxy 2.12 on purpose. Each is shown on both engines by
 * the contract suite (`contract_differences_test.ts`), by its id.
 */
export interface Difference {
  readonly id: string;
  readonly real: string;
  readonly embedded: string;
  readonly because: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    id: "unknown-attribute",
    real: "an attribute no toxic has is taken, and has no effect",
    embedded: "400 that names the attributes there are",
    because: "a misspelled attribute makes an experiment that tests nothing",
  },
  {
    id: "bounds",
    real: "toxicity 7 and negative delays are taken",
    embedded: "400 that names the bound",
    because: "they mean nothing",
  },
  {
    id: "slicer-defaults",
    real: "a slicer without average_size, or with a variation above it, ends the server",
    embedded: "400 that names the bound",
    because: "a proxy that dies mid-run spoils the run",
  },
  {
    id: "upstream-address",
    real: "an upstream that is no address is taken",
    embedded: "400: must be host:port",
    because: "every connection would fail later",
  },
  {
    id: "name-with-slash",
    real: "a proxy whose name has a slash is created and cannot be reached again",
    embedded: "400",
    because: "it could not be deleted",
  },
  {
    id: "removal",
    real: "removing a toxic while a client does not read hangs the call and the server after it",
    embedded: "toxics come off at once, whoever reads",
    because: "a fault that cannot be lifted is an outage of the lab's own",
  },
  {
    id: "reset-of-open-connections",
    real: "reset_peer sends RST on connections opened after it; those open before get FIN",
    embedded: "RST on all, at their next data",
    because: "clients with pooled connections are the ones of interest",
  },
  {
    id: "seed",
    real: "-seed is read and not used",
    embedded: "the same seed draws the same lots and jitter for a proxy's n-th connection",
    because: "a run that can be repeated",
  },
  {
    id: "hits",
    real: "GET /hits is 404",
    embedded: "GET /hits tells what each proxy saw and each toxic touched",
    because: "a verdict needs proof that the fault bit",
  },
  {
    id: "live-metrics",
    real: "bytes are counted when a connection ends",
    embedded: "bytes are counted as they come",
    because: "connections kept alive end after the run",
  },
  {
    id: "logger",
    real: 'proxies carry a stray "Logger":{}',
    embedded: "they do not",
    because: "it is of no use",
  },
  {
    id: "reset-goes-on",
    real: "POST /reset stops at the first proxy that cannot listen",
    embedded: "all others are reset; then 500 names those that could not be",
    because: "half a rollback is none",
  },
  {
    id: "port-taken",
    real: "a taken API port or a bad config leaves the process alive and silent",
    embedded: "one line on stderr and exit code 78",
    because: "whoever waits for it would wait for good",
  },
];
