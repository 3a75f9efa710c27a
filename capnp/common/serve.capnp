# Cells that serve HTTP. No cell binds a socket; each is handed requests.
@0xa9b6f89a114ff910;

using Http = import "http.capnp";
using Node = import "node.capnp";
using Sandbox = import "sandbox.capnp";

interface HttpHandler @0xb028ec90fabd838f {
  # Answers requests, several at a time.

  handle @0 (request :HttpRequest) -> (response :HttpResponse);
  # Returns with the head of the response. A caller gives up by cancelling the call, or by releasing the body.
  upgrade @1 (request :HttpRequest, incoming :Node.ByteStream) -> (response :HttpResponse, outgoing :Node.ByteStream);
  # With status 101, the connection goes on as bytes both ways, such as those of a WebSocket: the handler reads `incoming`,
  # the caller `outgoing`. Either side ends it by releasing what it reads. With another status, it was not upgraded.
}

struct HttpRequest @0xcd0ff8069ec47692 {
  method @0 :Text;
  path @1 :Text;            # With the query; begins with a slash.
  authority @2 :Text;       # The host, and its port if it is written.
  scheme @3 :Text;          # http or https.
  headers @4 :List(Http.Header);
  # Each character of a value is a byte.
  body @5 :Node.ByteStream; # Read by the handler; null for none. Releasing it early cancels the rest.
  trailers @6 :HttpTrailers;      # Null for none.
}

struct HttpResponse @0xfca577cd6d56d239 {
  status @0 :UInt16;
  headers @1 :List(Http.Header);
  body @2 :Node.ByteStream; # To be read after `content`; null for none. A read fails if the handler fails.
  trailers @3 :HttpTrailers;      # Null for none.
  content @4 :Data;         # The beginning of the body: the bytes that were there when the response was sent, perhaps all.
}

interface HttpTrailers @0x9168c47fc20cdeea {
  read @0 () -> (trailers :List(Http.Header));
  # Waits for the end of the body.
}

interface PreviewDoor @0x88638094ae302f42 {
  # The local node's bootstrap capability, for tabs that open previews of what they serve.

  open @0 (name :Text, handler :HttpHandler, visitor :PreviewVisitor) -> (preview :Preview);
  # Serves the handler at an address of its own, until `preview` is released. A name is lower-case letters, digits and
  # dashes, and does not begin with digits and a dash; a name that is taken gets a number.
  offer @1 (name :Text, sandbox :Sandbox.Sandbox) -> (name :Text, offer :Capability);
  # Lets programs of this computer drive a sandbox by the node's port for them, until `offer` is released; a name that is
  # taken gets a number. Fails if the node has no such port.
}

interface Preview @0xefb489634b41a596 {
  url @0 () -> (url :Text);
}

interface PreviewVisitor @0xf121c05f650bfca8 {
  # Hears of the visitors of a preview.

  came @0 (method :Text, path :Text, agent :Text) -> ();
  # Called for a request. Requests that arrive before the call has returned are not reported.
}
