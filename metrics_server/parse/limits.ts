/** Limits of the parser. A body that passes one is rejected or loses the row, never more. */

/** Longest row, its line end included. UFM's widest rows are about 8 KB. */
export const ROW_BYTES_MAX = 1024 * 1024;

/** Most columns. UFM's widest sets have about 200. */
export const COLUMNS_MAX = 4096;

/** Share of bad rows above which the whole body is rejected. */
export const BAD_ROWS_MAX_PCT = 10;

/** Bad rows kept as examples for the log. */
export const BAD_SAMPLES_MAX = 3;

/** Bytes of a bad row that are kept in its example. */
export const BAD_SAMPLE_BYTES_MAX = 80;

/** Bytes of the body, or characters of a name, that a message shows. */
export const EXCERPT_MAX = 60;
