/** A worker that answers requests over a port by itself, as a page has it that writes one. */
export interface PlainRequest {
  readonly id: number;
  readonly method: string;
  readonly path: string;
}

globalThis.onmessage = ({ data: port }: MessageEvent<MessagePort>) => {
  port.onmessage = ({ data }: MessageEvent<PlainRequest>) => {
    const body = new TextEncoder().encode("Hello from C\n");
    port.postMessage({ id: data.id, status: 200, headers: [], body }, [body.buffer]);
  };
};
