/** The generator: compiled schemas in, TypeScript out. Loaded by the tool that runs it, never by the runtime. */
export { generate } from "./generate.ts";
