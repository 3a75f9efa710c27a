/** A resource class without instances: a guest can name it, but never hold an instance to call. */
export class Uninhabited {
  [Symbol.dispose](): void {}
}
