/** The runtime that generated code imports. */
export * from "#capnp/runtime";
