/**
 * An answer under way was cut off on purpose, as its reader is too slow: neither a failure of the
 * service nor of the request. A body's stream that ends with it reaches `onError` like any other error.
 */
export class AnswerCut extends Error {
  override name = "AnswerCut";
}
