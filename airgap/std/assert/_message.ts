/** Appends the caller's own words: `.` without them, `: words` with them. */
export function withReason(sentence: string, msg: string | undefined): string {
  return msg ? `${sentence}: ${msg}` : `${sentence}.`;
}
