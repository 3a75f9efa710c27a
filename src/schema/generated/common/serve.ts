/** Generated from serve.capnp, file id 0xa9b6f89a114ff910. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "./node.ts";
import * as http_ from "./http.ts";

/**
 * Answers requests, several at a time.
 * @see common/serve.capnp:HttpHandler, 0xb028ec90fabd838f
 */
export interface HttpHandler extends $.Client<HttpHandlerServer> {
  /** Returns with the head of the response. A caller gives up by cancelling the call, or by releasing the body. */
  handle(
    request: $.Init<HttpRequest>,
    options?: $.CallOptions,
  ): $.Call<{ readonly response: HttpResponse }>;
  /**
   * With status 101, the connection goes on as bytes both ways, such as those of a WebSocket: the handler reads `incoming`,
   * the caller `outgoing`. Either side ends it by releasing what it reads. With another status, it was not upgraded.
   */
  upgrade(
    request: $.Init<HttpRequest>,
    incoming: $.Init<node_.ByteStream>,
    options?: $.CallOptions,
  ): $.Call<{ readonly response: HttpResponse; readonly outgoing: node_.ByteStream }>;
}
/** What an object implements to be served as `HttpHandler`. */
export interface HttpHandlerServer {
  /** Returns with the head of the response. A caller gives up by cancelling the call, or by releasing the body. */
  handle(
    request: HttpRequest,
    context: $.CallContext,
  ): $.Served<{ readonly response: HttpResponse }>;
  /**
   * With status 101, the connection goes on as bytes both ways, such as those of a WebSocket: the handler reads `incoming`,
   * the caller `outgoing`. Either side ends it by releasing what it reads. With another status, it was not upgraded.
   */
  upgrade(
    request: HttpRequest,
    incoming: node_.ByteStream,
    context: $.CallContext,
  ): $.Served<{ readonly response: HttpResponse; readonly outgoing: node_.ByteStream }>;
}
const HttpHandler_handle_params: $.StructType<{ readonly request: HttpRequest }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf1b8e01d858edfe3n,
    name: "HttpHandler.handle$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { request: [0, () => HttpRequest] },
    read: (s) => ({ request: HttpRequest.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.request !== undefined) {
          f = "request";
          HttpRequest.write(s.pointer(0), value.request);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const HttpHandler_handle_results: $.StructType<{ readonly response: HttpResponse }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa61efec56fe7775cn,
    name: "HttpHandler.handle$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { response: [0, () => HttpResponse] },
    read: (s) => ({ response: HttpResponse.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.response !== undefined) {
          f = "response";
          HttpResponse.write(s.pointer(0), value.response);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const HttpHandler_upgrade_params: $.StructType<{
  readonly request: HttpRequest;
  readonly incoming: node_.ByteStream;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xb44aedfe36452c46n,
  name: "HttpHandler.upgrade$Params",
  dataWords: 0,
  pointers: 2,
  pipelined: { request: [0, () => HttpRequest], incoming: [1, () => node_.ByteStream] },
  read: (s) => ({
    request: HttpRequest.read(s.pointer(0)),
    incoming: node_.ByteStream.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.request !== undefined) {
        f = "request";
        HttpRequest.write(s.pointer(0), value.request);
      }
      if (value.incoming !== undefined) {
        f = "incoming";
        node_.ByteStream.write(s.pointer(1), value.incoming);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const HttpHandler_upgrade_results: $.StructType<{
  readonly response: HttpResponse;
  readonly outgoing: node_.ByteStream;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xc84ce64c3cb14f6dn,
  name: "HttpHandler.upgrade$Results",
  dataWords: 0,
  pointers: 2,
  pipelined: { response: [0, () => HttpResponse], outgoing: [1, () => node_.ByteStream] },
  read: (s) => ({
    response: HttpResponse.read(s.pointer(0)),
    outgoing: node_.ByteStream.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.response !== undefined) {
        f = "response";
        HttpResponse.write(s.pointer(0), value.response);
      }
      if (value.outgoing !== undefined) {
        f = "outgoing";
        node_.ByteStream.write(s.pointer(1), value.outgoing);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const HttpHandler: $.InterfaceType<HttpHandler> =
  /* @__PURE__ */ $.defineInterface<HttpHandler>({
    id: 0xb028ec90fabd838fn,
    name: "HttpHandler",
    methods: [
      {
        name: "handle",
        parameters: ["request"],
        params: () => HttpHandler_handle_params,
        results: () => HttpHandler_handle_results,
      },
      {
        name: "upgrade",
        parameters: ["request", "incoming"],
        params: () => HttpHandler_upgrade_params,
        results: () => HttpHandler_upgrade_results,
      },
    ],
  });

/** @see common/serve.capnp:HttpRequest, 0xcd0ff8069ec47692 */
export interface HttpRequest {
  readonly method: string;
  /** With the query; begins with a slash. */
  readonly path: string;
  /** The host, and its port if it is written. */
  readonly authority: string;
  /** http or https. */
  readonly scheme: string;
  /** Each character of a value is a byte. */
  readonly headers: readonly http_.Header[];
  /** To be read; null for none. Released early, the rest is not wanted. */
  readonly body: node_.ByteStream;
  /** Null for none. */
  readonly trailers: HttpTrailers;
}
export const HttpRequest: $.StructType<HttpRequest> = /* @__PURE__ */ $.defineStruct<HttpRequest>({
  id: 0xcd0ff8069ec47692n,
  name: "HttpRequest",
  dataWords: 0,
  pointers: 7,
  pipelined: { body: [5, () => node_.ByteStream], trailers: [6, () => HttpTrailers] },
  read: (s) => ({
    method: $.Text.read(s.pointer(0)),
    path: $.Text.read(s.pointer(1)),
    authority: $.Text.read(s.pointer(2)),
    scheme: $.Text.read(s.pointer(3)),
    headers: http_.Header.readList(s.pointer(4)),
    body: node_.ByteStream.read(s.pointer(5)),
    trailers: HttpTrailers.read(s.pointer(6)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.method !== undefined) {
        f = "method";
        $.Text.write(s.pointer(0), value.method);
      }
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(1), value.path);
      }
      if (value.authority !== undefined) {
        f = "authority";
        $.Text.write(s.pointer(2), value.authority);
      }
      if (value.scheme !== undefined) {
        f = "scheme";
        $.Text.write(s.pointer(3), value.scheme);
      }
      if (value.headers !== undefined) {
        f = "headers";
        http_.Header.writeList(s.pointer(4), value.headers);
      }
      if (value.body !== undefined) {
        f = "body";
        node_.ByteStream.write(s.pointer(5), value.body);
      }
      if (value.trailers !== undefined) {
        f = "trailers";
        HttpTrailers.write(s.pointer(6), value.trailers);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see common/serve.capnp:HttpResponse, 0xfca577cd6d56d239 */
export interface HttpResponse {
  readonly status: number;
  readonly headers: readonly http_.Header[];
  /** To be read; null for none. A read fails if the handler fails. */
  readonly body: node_.ByteStream;
  /** Null for none. */
  readonly trailers: HttpTrailers;
}
export const HttpResponse: $.StructType<HttpResponse> =
  /* @__PURE__ */ $.defineStruct<HttpResponse>({
    id: 0xfca577cd6d56d239n,
    name: "HttpResponse",
    dataWords: 1,
    pointers: 3,
    pipelined: { body: [1, () => node_.ByteStream], trailers: [2, () => HttpTrailers] },
    read: (s) => ({
      status: s.uint16(0),
      headers: http_.Header.readList(s.pointer(0)),
      body: node_.ByteStream.read(s.pointer(1)),
      trailers: HttpTrailers.read(s.pointer(2)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.status !== undefined) {
          f = "status";
          s.setUint16(0, value.status);
        }
        if (value.headers !== undefined) {
          f = "headers";
          http_.Header.writeList(s.pointer(0), value.headers);
        }
        if (value.body !== undefined) {
          f = "body";
          node_.ByteStream.write(s.pointer(1), value.body);
        }
        if (value.trailers !== undefined) {
          f = "trailers";
          HttpTrailers.write(s.pointer(2), value.trailers);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see common/serve.capnp:HttpTrailers, 0x9168c47fc20cdeea */
export interface HttpTrailers extends $.Client<HttpTrailersServer> {
  /** Waits for the end of the body. */
  read(options?: $.CallOptions): $.Call<{ readonly trailers: readonly http_.Header[] }>;
}
/** What an object implements to be served as `HttpTrailers`. */
export interface HttpTrailersServer {
  /** Waits for the end of the body. */
  read(context: $.CallContext): $.Served<{ readonly trailers: readonly http_.Header[] }>;
}
const HttpTrailers_read_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd94db43a4a2df392n,
  name: "HttpTrailers.read$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const HttpTrailers_read_results: $.StructType<{ readonly trailers: readonly http_.Header[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xee9154d57d410478n,
    name: "HttpTrailers.read$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ trailers: http_.Header.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.trailers !== undefined) {
          f = "trailers";
          http_.Header.writeList(s.pointer(0), value.trailers);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const HttpTrailers: $.InterfaceType<HttpTrailers> =
  /* @__PURE__ */ $.defineInterface<HttpTrailers>({
    id: 0x9168c47fc20cdeean,
    name: "HttpTrailers",
    methods: [
      {
        name: "read",
        parameters: [],
        params: () => HttpTrailers_read_params,
        results: () => HttpTrailers_read_results,
      },
    ],
  });
