/** What the script was doing was cut off from outside. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
