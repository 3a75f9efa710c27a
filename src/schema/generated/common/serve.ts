/** Generated from serve.capnp, file id 0xa9b6f89a114ff910. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "./node.ts";
import * as http_ from "./http.ts";
import * as sandbox_ from "./sandbox.ts";

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
  /** Read by the handler; null for none. Releasing it early cancels the rest. */
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
  /** To be read after `content`; null for none. A read fails if the handler fails. */
  readonly body: node_.ByteStream;
  /** Null for none. */
  readonly trailers: HttpTrailers;
  /** The beginning of the body: the bytes that were there when the response was sent, perhaps all. */
  readonly content: Uint8Array;
}
export const HttpResponse: $.StructType<HttpResponse> =
  /* @__PURE__ */ $.defineStruct<HttpResponse>({
    id: 0xfca577cd6d56d239n,
    name: "HttpResponse",
    dataWords: 1,
    pointers: 4,
    pipelined: { body: [1, () => node_.ByteStream], trailers: [2, () => HttpTrailers] },
    read: (s) => ({
      status: s.uint16(0),
      headers: http_.Header.readList(s.pointer(0)),
      body: node_.ByteStream.read(s.pointer(1)),
      trailers: HttpTrailers.read(s.pointer(2)),
      content: $.Data.read(s.pointer(3)),
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
        if (value.content !== undefined) {
          f = "content";
          $.Data.write(s.pointer(3), value.content);
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

/**
 * The local node's bootstrap capability, for tabs that open previews of what they serve.
 * @see common/serve.capnp:PreviewDoor, 0x88638094ae302f42
 */
export interface PreviewDoor extends $.Client<PreviewDoorServer> {
  /**
   * Serves the handler at an address of its own, until `preview` is released. A name is lower-case letters, digits and
   * dashes, and does not begin with digits and a dash; a name that is taken gets a number.
   */
  open(
    name: string,
    handler: $.Init<HttpHandler>,
    visitor: $.Init<PreviewVisitor>,
    options?: $.CallOptions,
  ): $.Call<{ readonly preview: Preview }>;
  /**
   * Lets programs of this computer drive a sandbox by the node's port for them, until `offer` is released; a name that is
   * taken gets a number. Fails if the node has no such port.
   */
  offer(
    name: string,
    sandbox: $.Init<sandbox_.Sandbox>,
    options?: $.CallOptions,
  ): $.Call<{ readonly name: string; readonly offer: $.Client }>;
}
/** What an object implements to be served as `PreviewDoor`. */
export interface PreviewDoorServer {
  /**
   * Serves the handler at an address of its own, until `preview` is released. A name is lower-case letters, digits and
   * dashes, and does not begin with digits and a dash; a name that is taken gets a number.
   */
  open(
    name: string,
    handler: HttpHandler,
    visitor: PreviewVisitor,
    context: $.CallContext,
  ): $.Served<{ readonly preview: Preview }>;
  /**
   * Lets programs of this computer drive a sandbox by the node's port for them, until `offer` is released; a name that is
   * taken gets a number. Fails if the node has no such port.
   */
  offer(
    name: string,
    sandbox: sandbox_.Sandbox,
    context: $.CallContext,
  ): $.Served<{ readonly name: string; readonly offer: $.Client }>;
}
const PreviewDoor_open_params: $.StructType<{
  readonly name: string;
  readonly handler: HttpHandler;
  readonly visitor: PreviewVisitor;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xa39aa30ba159877en,
  name: "PreviewDoor.open$Params",
  dataWords: 0,
  pointers: 3,
  pipelined: { handler: [1, () => HttpHandler], visitor: [2, () => PreviewVisitor] },
  read: (s) => ({
    name: $.Text.read(s.pointer(0)),
    handler: HttpHandler.read(s.pointer(1)),
    visitor: PreviewVisitor.read(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.handler !== undefined) {
        f = "handler";
        HttpHandler.write(s.pointer(1), value.handler);
      }
      if (value.visitor !== undefined) {
        f = "visitor";
        PreviewVisitor.write(s.pointer(2), value.visitor);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const PreviewDoor_open_results: $.StructType<{ readonly preview: Preview }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xfa03416e89a10b40n,
    name: "PreviewDoor.open$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { preview: [0, () => Preview] },
    read: (s) => ({ preview: Preview.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.preview !== undefined) {
          f = "preview";
          Preview.write(s.pointer(0), value.preview);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const PreviewDoor_offer_params: $.StructType<{
  readonly name: string;
  readonly sandbox: sandbox_.Sandbox;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xc1f31e3c1f4b3b05n,
  name: "PreviewDoor.offer$Params",
  dataWords: 0,
  pointers: 2,
  pipelined: { sandbox: [1, () => sandbox_.Sandbox] },
  read: (s) => ({ name: $.Text.read(s.pointer(0)), sandbox: sandbox_.Sandbox.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.sandbox !== undefined) {
        f = "sandbox";
        sandbox_.Sandbox.write(s.pointer(1), value.sandbox);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const PreviewDoor_offer_results: $.StructType<{ readonly name: string; readonly offer: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9f346034ed058222n,
    name: "PreviewDoor.offer$Results",
    dataWords: 0,
    pointers: 2,
    pipelined: { offer: [1, () => $.AnyClient] },
    read: (s) => ({ name: $.Text.read(s.pointer(0)), offer: $.AnyClient.read(s.pointer(1)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.name !== undefined) {
          f = "name";
          $.Text.write(s.pointer(0), value.name);
        }
        if (value.offer !== undefined) {
          f = "offer";
          $.AnyClient.write(s.pointer(1), value.offer);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const PreviewDoor: $.InterfaceType<PreviewDoor> =
  /* @__PURE__ */ $.defineInterface<PreviewDoor>({
    id: 0x88638094ae302f42n,
    name: "PreviewDoor",
    methods: [
      {
        name: "open",
        parameters: ["name", "handler", "visitor"],
        params: () => PreviewDoor_open_params,
        results: () => PreviewDoor_open_results,
      },
      {
        name: "offer",
        parameters: ["name", "sandbox"],
        params: () => PreviewDoor_offer_params,
        results: () => PreviewDoor_offer_results,
      },
    ],
  });

/** @see common/serve.capnp:Preview, 0xefb489634b41a596 */
export interface Preview extends $.Client<PreviewServer> {
  url(options?: $.CallOptions): $.Call<{ readonly url: string }>;
}
/** What an object implements to be served as `Preview`. */
export interface PreviewServer {
  url(context: $.CallContext): $.Served<{ readonly url: string }>;
}
const Preview_url_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd35f081a912b9b39n,
  name: "Preview.url$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Preview_url_results: $.StructType<{ readonly url: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xdc34bc12a3d26d4bn,
  name: "Preview.url$Results",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ url: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.url !== undefined) {
        f = "url";
        $.Text.write(s.pointer(0), value.url);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const Preview: $.InterfaceType<Preview> = /* @__PURE__ */ $.defineInterface<Preview>({
  id: 0xefb489634b41a596n,
  name: "Preview",
  methods: [
    {
      name: "url",
      parameters: [],
      params: () => Preview_url_params,
      results: () => Preview_url_results,
    },
  ],
});

/**
 * Hears of the visitors of a preview.
 * @see common/serve.capnp:PreviewVisitor, 0xf121c05f650bfca8
 */
export interface PreviewVisitor extends $.Client<PreviewVisitorServer> {
  /** Called for a request. Requests that arrive before the call has returned are not reported. */
  came(method: string, path: string, agent: string, options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `PreviewVisitor`. */
export interface PreviewVisitorServer {
  /** Called for a request. Requests that arrive before the call has returned are not reported. */
  came(method: string, path: string, agent: string, context: $.CallContext): void | Promise<void>;
}
const PreviewVisitor_came_params: $.StructType<{
  readonly method: string;
  readonly path: string;
  readonly agent: string;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xe1869e8a3379fc2dn,
  name: "PreviewVisitor.came$Params",
  dataWords: 0,
  pointers: 3,
  read: (s) => ({
    method: $.Text.read(s.pointer(0)),
    path: $.Text.read(s.pointer(1)),
    agent: $.Text.read(s.pointer(2)),
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
      if (value.agent !== undefined) {
        f = "agent";
        $.Text.write(s.pointer(2), value.agent);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const PreviewVisitor_came_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xfdf8cd22a3a62cb4n,
  name: "PreviewVisitor.came$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const PreviewVisitor: $.InterfaceType<PreviewVisitor> =
  /* @__PURE__ */ $.defineInterface<PreviewVisitor>({
    id: 0xf121c05f650bfca8n,
    name: "PreviewVisitor",
    methods: [
      {
        name: "came",
        parameters: ["method", "path", "agent"],
        params: () => PreviewVisitor_came_params,
        results: () => PreviewVisitor_came_results,
      },
    ],
  });
