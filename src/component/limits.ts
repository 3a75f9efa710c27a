/** Bounds on components. Real ones stay far below each; hostile ones are refused in milliseconds. */

/**
 * Definitions, fields, cases, labels and names of a component, with those of the components within; a name is a part more for
 * each 16 bytes. The sample images have a thousand or two.
 */
export const PARTS_LIMIT = 200_000;
/** Components within components, instances within instances, and types of instances within each other. */
export const NESTING_LIMIT = 32;
/** Nesting of value types; codecs recurse along it. */
export const TYPE_DEPTH_LIMIT = 100;
/** Core modules of a component, with those of the components within. */
export const MODULES_LIMIT = 1_000;
/**
 * Definitions and their parts, carried out while a component is instantiated: components that instantiate others twice, and
 * so on, double. The sample images take a thousand.
 */
export const STEPS_LIMIT = 100_000;
/** Core instances of one component, however often it instantiates each module. */
export const INSTANCES_LIMIT = 1_000;
/** Resources that a component instance may hold, together with those within it: of each, the host has an object. */
export const HANDLES_LIMIT: number = 16 * 1024;
/** Bytes of a value type: by specification, `elem_size` is less than that. */
export const VALUE_BYTES_LIMIT: number = 2 ** 28;
/** Bytes of a string or list, and of all of one call together: lists of strings may all name the same bytes. */
export const LIFTED_BYTES_LIMIT: number = 2 ** 28 - 1;
/** What an element of a list costs that is no number: an object or text of JavaScript takes that or more. */
export const LIFTED_ELEMENT_BYTES = 128;
/** What a byte of memory costs that is no number of an array: a record of a thousand `u8` is an object of a thousand fields. */
export const LIFTED_BYTE_BYTES = 32;
/** Of one name: messages repeat names. */
export const NAME_BYTES_LIMIT = 1_000;
