/** Permissions of a worker: what it needs, and nothing of the rest that this process may do. */

export interface WorkerNeeds {
  /** Addresses with a port, `host:9001` or `[::1]:9001`. */
  readonly net?: readonly string[];
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

/**
 * Options of `new Worker`. Needs `--unstable-worker-options`; without it, Deno ends the process
 * with code 70. What this process may not do itself is left out, so that the worker reports it.
 */
export function workerOptions({ net = [], read = [], write = [] }: WorkerNeeds = {}) {
  return {
    type: "module",
    deno: {
      permissions: {
        net: granted(net, (host) => ({ name: "net", host })),
        read: granted(read, (path) => ({ name: "read", path })),
        write: granted(write, (path) => ({ name: "write", path })),
        env: false,
        sys: false,
        run: false,
        ffi: false,
      },
    },
  } as const;
}

function granted(
  names: readonly string[],
  descriptorOf: (name: string) => Deno.PermissionDescriptor,
): string[] | false {
  const own = names.filter((name) =>
    Deno.permissions.querySync(descriptorOf(name)).state === "granted"
  );
  return own.length > 0 && own;
}
