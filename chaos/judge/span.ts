/** A time from … to, in milliseconds of the run. */
export interface Span {
  from_ms: number;
  to_ms: number;
}
