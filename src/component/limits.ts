/** Limits on components. Real ones stay far below each; hostile ones are refused in milliseconds. */

/**
 * Definitions, fields, cases, labels and names of a component, nested components included; a name counts as one more
 * part for every 16 bytes. The sample images have one or two thousand.
 */
export const PARTS_LIMIT = 200_000;
/** Nesting depth of components, of instances, and of instance types. */
export const NESTING_LIMIT = 32;
/** Nesting of value types; codecs recurse along it. */
export const TYPE_DEPTH_LIMIT = 100;
/** Core modules of a component, nested components included. */
export const MODULES_LIMIT = 1_000;
/**
 * Definitions and their parts that are carried out while a component is instantiated: components that each instantiate
 * the previous one twice double the number every time. The sample images take a thousand.
 */
export const STEPS_LIMIT = 100_000;
/** Core instances of one component, however often it instantiates each module. */
export const INSTANCES_LIMIT = 1_000;
/** Resources that a component instance and all nested in it may hold; the host has an object for each. */
export const HANDLES_LIMIT: number = 16 * 1024;
/** Bytes of a value type; the specification requires `elem_size` to be smaller. */
export const VALUE_BYTES_LIMIT: number = 2 ** 28;
/** Bytes of one string or list, and of all in one call: many strings of a list may share the same bytes. */
export const LIFTED_BYTES_LIMIT: number = 2 ** 28 - 1;
/** Charge for a list element that is not a number: a JavaScript object or string takes at least this. */
export const LIFTED_ELEMENT_BYTES = 128;
/**
 * Charge for a byte of memory outside of arrays of numbers: a record of a thousand `u8` is an object of a thousand
 * fields.
 */
export const LIFTED_BYTE_BYTES = 32;
/** Bytes of one name, since messages repeat names. */
export const NAME_BYTES_LIMIT = 1_000;
