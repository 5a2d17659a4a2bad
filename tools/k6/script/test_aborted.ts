/** Thrown by `exec.test.abort()`, so that the code that called it does not go on. */
export class TestAborted extends Error {
  override readonly name = "TestAborted";

  constructor(reason: string) {
    super(reason === "" ? "test aborted" : `test aborted: ${reason}`);
  }
}
