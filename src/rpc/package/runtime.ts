/** What generated code builds on. */
export * from "#capnp/runtime";
