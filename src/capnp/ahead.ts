/** What can be called before it is there, as a type says it. */

/** Which fields of a struct can be called before the struct is there: the index of their pointer, and their type. */
export type AheadFields = Readonly<Record<string, readonly [number, () => AheadType]>>;

/** What such a field may be: a struct with further such fields, or a capability. */
export interface AheadType {
  readonly ahead?: AheadFields;
}
