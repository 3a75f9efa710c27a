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

/** A type of values, all kinds of which have one shape. */
export interface ValueTypeDefinition {
  readonly kind: ValueKind;
  /** Of fields, cases or flags; none where parts have no names of their own. */
  readonly labels: readonly string[];
  /** Of fields, elements or payloads; `null` for a case without payload, since JSON has no `undefined`. */
  readonly of: ReadonlyArray<ValueTypeRef | null>;
  /** How many elements a list has, where its type says so. */
  readonly length?: number | undefined;
  /** The index of what a handle is of. */
  readonly resource?: number | undefined;
}

export interface FuncTypeDefinition {
  readonly kind: "func";
  /** Of the parameters, as their types are. */
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

/** Something by sort and index, under a name. */
export interface NamedItem {
  readonly name: string;
  readonly sort: Sort;
  readonly index: number;
}

export type Alias = Extract<Definition, { op: "alias" | "core alias" | "outer alias" }>;

/** What stands in the type of a component or instance. */
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
  /** Its place among all core modules of the outermost component, nested ones included, in the order of the binary. */
  readonly index: number;
  /** A view of the component's bytes; nothing where it is kept without its code. */
  readonly bytes: Uint8Array;
}

export interface Component {
  readonly definitions: readonly Definition[];
}
