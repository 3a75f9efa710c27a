# Serving peers, and calling them. Names have no slash; they locate a service, and authorize nothing.
@0xc40b8307683059a0;

using Authority = import "authority.capnp";
using Node = import "node.capnp";

interface Network @0xc40b8307683059a1 {
  # The interfaces by which guests of the first generation serve and call peers.

  vatListener @0 () -> (vatListener :VatListener);
  vatClient @1 () -> (vatClient :VatClient);
  streamDialer @2 () -> (streamDialer :StreamDialer);
  acceptStreams @3 (protocol :Text, acceptor :StreamAcceptor) -> (serving :Capability);
  # Streams that peers open go to the acceptor, until `serving` is released.
}

interface StreamAcceptor @0xc40b8307683059a2 {
  accept @0 (peer :Data, stream :Node.ByteStream) -> ();
}

interface StreamDialer @0xa7c362e67f225afa {
  dial @0 (peer :Data, protocol :Text) -> (stream :Node.ByteStream);
  # Reads and writes both ways.
}

interface VatListener @0xd64be1946f81a365 {
  serveRaw @0 (cap :Capability, protocol :Text) -> ();
  # Serves until the session, or the grant, through which the caller has this listener ends.
  serveAuthenticated @1 (cap :Capability, protocol :Text, policy :Authority.AuthorityPolicy) -> ();
}

interface VatClient @0xa08a8e8f90a82679 {
  dial @0 (peer :Data, protocol :Text) -> (cap :Capability);
}
