/** Bounds of VUs on threads of their own. */

/** Most VUs of a script that waits without `await`: each is a thread with about 8 MB. */
export const THREAD_VUS_MAX = 200;

/** Largest answer, or batch of answers, such a VU can take, in bytes; address space, not memory. */
export const MAILBOX_BYTES_MAX = 67_108_864;

/** What a mailbox begins with, in bytes. */
export const MAILBOX_BYTES = 65_536;

/** Samples a thread holds back until it hands them over. */
export const SAMPLES_HELD_MAX = 2_048;

/** Time a thread may take to load the script, in milliseconds. */
export const LOAD_TIMEOUT_MS = 60_000;
