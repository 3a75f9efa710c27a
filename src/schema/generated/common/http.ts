/** Generated from http.capnp, file id 0xc8e3b0a1d2f4e567. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "./node.ts";

/** @see common/http.capnp:Header, 0xd73ec8c0818e5793 */
export interface Header {
  readonly name: string;
  readonly value: string;
}
export const Header: $.StructType<Header> = /* @__PURE__ */ $.defineStruct<Header>({
  id: 0xd73ec8c0818e5793n,
  name: "Header",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ name: $.Text.read(s.pointer(0)), value: $.Text.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.value !== undefined) {
        f = "value";
        $.Text.write(s.pointer(1), value.value);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see common/http.capnp:HttpClient, 0xf00a15d09fb8f360 */
export interface HttpClient extends $.Client<HttpClientServer> {
  get(
    url: string,
    headers: $.Init<readonly Header[]>,
    options?: $.CallOptions,
  ): $.Call<{
    readonly status: number;
    readonly headers: readonly Header[];
    readonly body: Uint8Array;
  }>;
  post(
    url: string,
    headers: $.Init<readonly Header[]>,
    body: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<{
    readonly status: number;
    readonly headers: readonly Header[];
    readonly body: Uint8Array;
  }>;
  /** The same for any method that was granted, with bodies to be read. A null body is none. */
  request(
    method: string,
    url: string,
    headers: $.Init<readonly Header[]>,
    body: $.Init<node_.ByteStream>,
    options?: $.CallOptions,
  ): $.Call<{
    readonly status: number;
    readonly headers: readonly Header[];
    readonly body: node_.ByteStream;
  }>;
}
/** What an object implements to be served as `HttpClient`. */
export interface HttpClientServer {
  get(
    url: string,
    headers: readonly Header[],
    context: $.CallContext,
  ): $.Served<{
    readonly status: number;
    readonly headers: readonly Header[];
    readonly body: Uint8Array;
  }>;
  post(
    url: string,
    headers: readonly Header[],
    body: Uint8Array,
    context: $.CallContext,
  ): $.Served<{
    readonly status: number;
    readonly headers: readonly Header[];
    readonly body: Uint8Array;
  }>;
  /** The same for any method that was granted, with bodies to be read. A null body is none. */
  request(
    method: string,
    url: string,
    headers: readonly Header[],
    body: node_.ByteStream,
    context: $.CallContext,
  ): $.Served<{
    readonly status: number;
    readonly headers: readonly Header[];
    readonly body: node_.ByteStream;
  }>;
}
const HttpClient_get_params: $.StructType<{
  readonly url: string;
  readonly headers: readonly Header[];
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x9385c52ea89a261an,
  name: "HttpClient.get$Params",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ url: $.Text.read(s.pointer(0)), headers: Header.readList(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.url !== undefined) {
        f = "url";
        $.Text.write(s.pointer(0), value.url);
      }
      if (value.headers !== undefined) {
        f = "headers";
        Header.writeList(s.pointer(1), value.headers);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const HttpClient_get_results: $.StructType<{
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xce661e3ab336ac15n,
  name: "HttpClient.get$Results",
  dataWords: 1,
  pointers: 2,
  read: (s) => ({
    status: s.uint16(0),
    headers: Header.readList(s.pointer(0)),
    body: $.Data.read(s.pointer(1)),
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
        Header.writeList(s.pointer(0), value.headers);
      }
      if (value.body !== undefined) {
        f = "body";
        $.Data.write(s.pointer(1), value.body);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const HttpClient_post_params: $.StructType<{
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x9330674475825494n,
  name: "HttpClient.post$Params",
  dataWords: 0,
  pointers: 3,
  read: (s) => ({
    url: $.Text.read(s.pointer(0)),
    headers: Header.readList(s.pointer(1)),
    body: $.Data.read(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.url !== undefined) {
        f = "url";
        $.Text.write(s.pointer(0), value.url);
      }
      if (value.headers !== undefined) {
        f = "headers";
        Header.writeList(s.pointer(1), value.headers);
      }
      if (value.body !== undefined) {
        f = "body";
        $.Data.write(s.pointer(2), value.body);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const HttpClient_post_results: $.StructType<{
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xfd9fb4ae34293988n,
  name: "HttpClient.post$Results",
  dataWords: 1,
  pointers: 2,
  read: (s) => ({
    status: s.uint16(0),
    headers: Header.readList(s.pointer(0)),
    body: $.Data.read(s.pointer(1)),
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
        Header.writeList(s.pointer(0), value.headers);
      }
      if (value.body !== undefined) {
        f = "body";
        $.Data.write(s.pointer(1), value.body);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const HttpClient_request_params: $.StructType<{
  readonly method: string;
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: node_.ByteStream;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x936b35f2ec6ad2a1n,
  name: "HttpClient.request$Params",
  dataWords: 0,
  pointers: 4,
  pipelined: { body: [3, () => node_.ByteStream] },
  read: (s) => ({
    method: $.Text.read(s.pointer(0)),
    url: $.Text.read(s.pointer(1)),
    headers: Header.readList(s.pointer(2)),
    body: node_.ByteStream.read(s.pointer(3)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.method !== undefined) {
        f = "method";
        $.Text.write(s.pointer(0), value.method);
      }
      if (value.url !== undefined) {
        f = "url";
        $.Text.write(s.pointer(1), value.url);
      }
      if (value.headers !== undefined) {
        f = "headers";
        Header.writeList(s.pointer(2), value.headers);
      }
      if (value.body !== undefined) {
        f = "body";
        node_.ByteStream.write(s.pointer(3), value.body);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const HttpClient_request_results: $.StructType<{
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: node_.ByteStream;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xacfd306f3fa9c2bfn,
  name: "HttpClient.request$Results",
  dataWords: 1,
  pointers: 2,
  pipelined: { body: [1, () => node_.ByteStream] },
  read: (s) => ({
    status: s.uint16(0),
    headers: Header.readList(s.pointer(0)),
    body: node_.ByteStream.read(s.pointer(1)),
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
        Header.writeList(s.pointer(0), value.headers);
      }
      if (value.body !== undefined) {
        f = "body";
        node_.ByteStream.write(s.pointer(1), value.body);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const HttpClient: $.InterfaceType<HttpClient> =
  /* @__PURE__ */ $.defineInterface<HttpClient>({
    id: 0xf00a15d09fb8f360n,
    name: "HttpClient",
    methods: [
      {
        name: "get",
        parameters: ["url", "headers"],
        params: () => HttpClient_get_params,
        results: () => HttpClient_get_results,
      },
      {
        name: "post",
        parameters: ["url", "headers", "body"],
        params: () => HttpClient_post_params,
        results: () => HttpClient_post_results,
      },
      {
        name: "request",
        parameters: ["method", "url", "headers", "body"],
        params: () => HttpClient_request_params,
        results: () => HttpClient_request_results,
      },
    ],
  });
