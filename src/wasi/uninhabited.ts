/** A resource class without instances: a guest can name it, and can never hold one to call. */
export class Uninhabited {
  [Symbol.dispose](): void {}
}
