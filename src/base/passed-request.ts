/** The messages of a service worker and a tab about a request that the tab answers. */

/** From the service worker to every tab, with a port. */
export interface AskedOwner {
  readonly type: "sandbox";
  readonly name: string;
}

/** Over the port, from the tab that has the sandbox. */
export interface OwnerAnswer {
  /** A lock that is held as long as the tab lives. */
  readonly lock: string;
}

/** From the service worker, over the port. */
export interface PassedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly hasBody: boolean;
  /** A lock that is held as long as the service worker lives. */
  readonly lock: string;
  /** A duplex of both bodies, transferred. A transferred stream would carry one piece for each round trip. */
  readonly bodies: MessagePort;
}

/** From the tab, over the port. */
export interface PassedResponse {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly hasBody: boolean;
}
