/** The context of lifting and lowering: memory, allocator and instance. @see CanonicalABI.md "Lifting and Lowering Context" */
import type { BorrowScope, ComponentInstance, ResourceHandle } from "./component-instance.ts";
import type { StringEncoding } from "./definitions.ts";
import type { CanonicalContext } from "./engine.ts";
import { LIFTED_BYTE_BYTES, LIFTED_BYTES_LIMIT } from "./limits.ts";
import { toTrap, trap } from "./trap.ts";
import type { Layout } from "./types.ts";

/** `(old, oldBytes, align, newBytes)` → address of the new bytes. */
type Reallocate = (old: number, oldBytes: number, align: number, newBytes: number) => unknown;

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);

export class MemoryContext {
  readonly instance: ComponentInstance;
  readonly encoding: StringEncoding;
  readonly #memory: WebAssembly.Memory | undefined;
  readonly #realloc: Reallocate | undefined;
  /** Views of the whole memory. Growing the memory detaches its buffer, so their length becomes 0. */
  #bytes = NO_BYTES;
  #view = NO_VIEW;
  /** Collects lent handles, while the parameters of a call to a component are lifted. */
  lent: ResourceHandle[] | undefined;
  /** The borrow scope of the call whose parameters are being lowered. */
  scope: BorrowScope | undefined;
  /** Bytes that the current call may still lift; `begin` resets it. */
  #liftable = LIFTED_BYTES_LIMIT;

  constructor(instance: ComponentInstance, { encoding, memory, realloc }: CanonicalContext) {
    this.instance = instance;
    this.encoding = encoding;
    this.#memory = memory as WebAssembly.Memory | undefined;
    this.#realloc = realloc as Reallocate | undefined;
  }

  get bytes(): Uint8Array {
    return this.#bytes.length === 0 ? this.#renew() : this.#bytes;
  }

  get view(): DataView {
    if (this.#bytes.length === 0) this.#renew();
    return this.#view;
  }

  #renew(): Uint8Array {
    const { buffer } = this.#memory ?? trap("a canonical function has no memory");
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    return this.#bytes;
  }

  /** Must be called before the values of a call are lifted. */
  begin(): void {
    this.#liftable = LIFTED_BYTES_LIMIT;
  }

  /** Charges for a lifted value, since a small memory can describe an endless one. */
  charge(bytes: number): void {
    if ((this.#liftable -= bytes) < 0) trap("a call passes more than 256 MiB of strings and lists");
  }

  /** @throws {WebAssembly.RuntimeError} when the range is not within memory, or not aligned */
  check(at: number, size: number, align: number, subject = "pointer"): number {
    if (at % align !== 0) trap(`${subject} is not aligned`);
    if (at + size > this.bytes.length) trap(`${subject} out of bounds of memory`);
    return at;
  }

  /** Checks the address of a value to read, and charges for it, since its parts cost more than its bytes. */
  checkRead(at: number, { size, align }: Layout): number {
    this.charge(size * LIFTED_BYTE_BYTES);
    return this.check(at, size, align);
  }

  /** Allocates memory by the component's `realloc`, during which the component cannot call out. */
  allocate(size: number, align: number): number {
    const realloc = this.#realloc ?? trap("a canonical function has no realloc");
    const { instance } = this;
    const before = instance.mayLeave;
    instance.mayLeave = false;
    let at: number;
    try {
      at = Number(realloc(0, 0, align, size)) >>> 0;
    } catch (reason) {
      throw toTrap(reason);
    }
    instance.mayLeave = before;
    if (at + size > this.bytes.length) trap("realloc return: beyond end of memory");
    return this.check(at, size, align, "realloc return");
  }
}
