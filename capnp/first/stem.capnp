# The origin of authority: a membrane issues sessions, each valid for one epoch.
@0x9bce094a026970c4;

struct Epoch @0xc736e79956026568 {
  seq @0 :UInt64;            # Ascending; a session is valid while its epoch is the latest.
  head @1 :Data;             # The head at the beginning of the epoch.
  adoptedBlock @2 :UInt64;   # The block that adopted the head, if heads are stored on a chain.
}

enum Status @0xc373a899db84bd64 {
  ok @0;
  unauthorized @1;
  internalError @2;
}

interface Signer @0xafafaf9468b6a274 {
  # Proves the caller's identity.
  sign @0 (domain :Text, nonce :UInt64) -> (sig :Data);
}

interface StatusPoller @0xc1464c90f23af390 {
  # Fails once the session's epoch has passed.
  pollStatus @0 () -> (status :Status);
}

struct Session @0xa10769b2c99dfc5c (Extension) {
  issuedEpoch @0 :Epoch;
  statusPoller @1 :StatusPoller;
  extension @2 :Extension;
  # The authority that this kind of node grants.
}

interface Membrane @0xdb52c25106bc2c5e (SessionExt) {
  graft @0 (signer :Signer) -> (session :Session(SessionExt));
  # A session of the current epoch. The signer may be null if the node requires no proof.
}
