/** The `endAt` of a sandbox without an end of its own, since SDKs expect a date: the last one that ISO 8601 writes plainly. */
export const NO_END = "9999-12-31T23:59:59.999Z";
