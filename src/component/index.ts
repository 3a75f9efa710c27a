/**
 * Component: turns a component's binary into running instances.
 *
 * Knows the binary format and the canonical ABI of the component model, as far as WASI 0.2 uses them; generates no
 * code. Does not know WASI, workers or files: the caller supplies the component's imports.
 *
 *     const component = parseComponent(bytes);
 *     const modules = await compileCores(listModules(component).map(({ bytes }) => bytes));
 *     const instance = instantiateComponent(component, {
 *       imports: { "example:clock/clock": { now: () => 5n } },
 *       instantiateCore: ({ index }, imports) => new WebAssembly.Instance(modules[index]!, imports),
 *     });
 *     instance.func("wasi:cli/run@0.2.0", "run")?.();
 *
 * @module
 */
export { findMismatch, toOffer } from "./check-imports.ts";
export type { Mismatch, Offer } from "./check-imports.ts";
export { compileCores } from "./compile-cores.ts";
export { decodeComponent, encodeComponent } from "./component-text.ts";
export type { Component, CoreModule } from "./definitions.ts";
export { describeModule } from "./describe-module.ts";
export type { ModuleDescription } from "./describe-module.ts";
export { describeType } from "./describe-type.ts";
export type { HostImports } from "./host-imports.ts";
export { instantiateComponent, rehearse } from "./instantiate.ts";
export type { ComponentExports, ExportedFunc, InstantiateOptions } from "./instantiate.ts";
export { listModules, parseComponent } from "./parse-component.ts";
export { findTrapped } from "./trap.ts";
export { findExportedFunc, surveyComponent } from "./survey.ts";
export type { Survey } from "./survey.ts";
