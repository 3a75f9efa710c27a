/** What a service worker and a tab say to each other about a request that the tab answers. */

/** To every tab, with a port. */
export interface AskedOwner {
  readonly type: "sandbox";
  readonly name: string;
}

/** By the port, from the tab that has it. */
export interface OwnerAnswer {
  /** A lock that is held as long as the tab is there. */
  readonly lock: string;
}

/** By the port. */
export interface PassedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly hasBody: boolean;
  /** A lock that is held as long as the service worker is there. */
  readonly lock: string;
  /** A duplex of the bodies, moved: the request's there, the response's back. Streams themselves bring a piece at a time. */
  readonly bodies: MessagePort;
}

/** Back. */
export interface PassedResponse {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly hasBody: boolean;
}
