/** A component's binary as values: definitions in order, which refer to each other by index. */

export type PrimitiveKind =
  | "bool"
  | "s8"
  | "u8"
  | "s16"
  | "u16"
  | "s32"
  | "u32"
  | "s64"
  | "u64"
  | "f32"
  | "f64"
  | "char"
  | "string";

/** The index of a type, or a primitive type itself. */
export type ValueTypeRef = number | PrimitiveKind;

export type CoreSort =
  | "core func"
  | "core table"
  | "core memory"
  | "core global"
  | "core tag"
  | "core type"
  | "core module"
  | "core instance";

export type Sort = CoreSort | "func" | "value" | "type" | "component" | "instance";

/** The declared type of an import or export; `type` is an index. A type without `eq` is a new resource type. */
export type ExternType =
  | { readonly sort: "core module" | "func" | "component" | "instance"; readonly type: number }
  | { readonly sort: "type"; readonly eq: number | undefined };

export type Labelled<T> = readonly [label: string, value: T];

export type ValueKind =
  | PrimitiveKind
  | "record"
  | "variant"
  | "list"
  | "tuple"
  | "flags"
  | "enum"
  | "option"
  | "result"
  | "own"
  | "borrow";

/** A value type; all kinds share one shape. */
export interface ValueTypeDefinition {
  readonly kind: ValueKind;
  /** Names of fields, cases or flags; empty where parts have no names. */
  readonly labels: readonly string[];
  /** Types of fields, elements or payloads; `null` for a case without payload, since JSON has no `undefined`. */
  readonly of: ReadonlyArray<ValueTypeRef | null>;
  /** Number of elements, for a list of fixed length. */
  readonly length?: number | undefined;
  /** The index of a handle's resource type. */
  readonly resource?: number | undefined;
}

export interface FuncTypeDefinition {
  readonly kind: "func";
  /** Names of the parameters, in the order of `of`. */
  readonly labels: readonly string[];
  readonly of: readonly ValueTypeRef[];
  readonly result: ValueTypeRef | undefined;
}

export type TypeDefinition =
  | ValueTypeDefinition
  | FuncTypeDefinition
  | { readonly kind: "instance"; readonly declarations: readonly Declaration[] }
  | { readonly kind: "component"; readonly declarations: readonly Declaration[] }
  | { readonly kind: "resource"; readonly destructor: number | undefined };

export type StringEncoding = "utf8" | "utf16" | "latin1+utf16";

/** Options of `canon lift` and `canon lower`; the numbers are indices. */
export interface CanonicalOptions {
  readonly encoding: StringEncoding;
  readonly memory?: number;
  readonly realloc?: number;
  readonly postReturn?: number;
}

/** An entity, by sort and index, under a name. */
export interface NamedItem {
  readonly name: string;
  readonly sort: Sort;
  readonly index: number;
}

export type Alias = Extract<Definition, { op: "alias" | "core alias" | "outer alias" }>;

/** The definitions that may occur in the type of a component or instance. */
export type Declaration = Extract<
  Definition,
  { op: "core type" | "type" | "alias" | "outer alias" | "import" | "export declaration" }
>;

export type Definition =
  | { readonly op: "core module"; readonly module: CoreModule }
  | {
      readonly op: "core instantiate" | "instantiate";
      /** The index of the module or component. */
      readonly of: number;
      readonly args: readonly NamedItem[];
    }
  | { readonly op: "core exports" | "exports"; readonly items: readonly NamedItem[] }
  | { readonly op: "core type" }
  | { readonly op: "component"; readonly component: Component }
  | {
      readonly op: "alias";
      readonly sort: Sort;
      readonly instance: number;
      readonly name: string;
    }
  | {
      readonly op: "core alias";
      readonly sort: Sort;
      readonly instance: number;
      readonly name: string;
    }
  | {
      readonly op: "outer alias";
      readonly sort: Sort;
      readonly count: number;
      readonly index: number;
    }
  | { readonly op: "type"; readonly type: TypeDefinition }
  | {
      readonly op: "lift";
      readonly core: number;
      readonly options: CanonicalOptions;
      readonly type: number;
    }
  | { readonly op: "lower"; readonly func: number; readonly options: CanonicalOptions }
  | { readonly op: "resource.new" | "resource.drop" | "resource.rep"; readonly type: number }
  | { readonly op: "import"; readonly name: string; readonly type: ExternType }
  | { readonly op: "export declaration"; readonly name: string; readonly type: ExternType }
  | {
      readonly op: "export";
      readonly name: string;
      readonly sort: Sort;
      readonly index: number;
      readonly type: ExternType | undefined;
    };

/** A core module within a component. */
export interface CoreModule {
  /** Its index among all core modules of the outermost component, nested ones included, in the order of the binary. */
  readonly index: number;
  /** A view of the component's bytes; empty in a component that is kept without code. */
  readonly bytes: Uint8Array;
}

export interface Component {
  readonly definitions: readonly Definition[];
}
