/** Types that describe which parts of results can be pipelined on. */

/** A struct's fields that can be pipelined on, by name: pointer index and type. */
export type PipelineFields = Readonly<Record<string, readonly [number, () => PipelineType]>>;

/** The type of such a field: a capability, or a struct that itself has such fields. */
export interface PipelineType {
  readonly pipelined?: PipelineFields;
}
