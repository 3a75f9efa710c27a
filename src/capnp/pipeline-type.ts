/** Which parts of results can be pipelined on, as types describe it. */

/** A struct's fields that can be pipelined on, by name: pointer index and type. */
export type PipelineFields = Readonly<Record<string, readonly [number, () => PipelineType]>>;

/** The type of such a field: a struct that has such fields, or a capability. */
export interface PipelineType {
  readonly pipelined?: PipelineFields;
}
