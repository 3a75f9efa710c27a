# How a process asks its owner for more authority.
@0xb251533dbe4d9f3d;

interface Powerbox @0xb251533dbe4d9f3e {
  # A process names what it needs and why; the owner answers by designating something of that kind.

  request @0 (ask :Ask) -> (grant :Grant);
  # Waits for the owner. Fails as denied where the owner gives nothing.
  restore @1 (token :Data) -> (grant :Grant);
  # What a token was kept for, if its holder runs again and the owner has not revoked it.
}

struct Ask @0xb251533dbe4d9f3f {
  reason @0 :Text;
  # For the owner: one line of at most 200 characters.
  union {
    folder @1 :FolderAsk;
    http @2 :HttpAsk;
    secret @3 :Void;        # A Secret, such as a key to a service.
    export @4 :UInt64;      # A capability of another process that implements the interface with this id.
    clock @5 :Void;         # A Clock.
    randomness @6 :Void;    # A Randomness.
    memory @7 :Float64;     # So many bytes more for the run; there is no capability.
    time @8 :Float64;       # So many seconds of processor time more; there is no capability.
    peer @9 :Text;          # The capability service of a peer, by its name.
  }
}

struct FolderAsk @0xb251533dbe4d9f40 {
  # A Folder.
  writes @0 :Bool;
}

struct HttpAsk @0xb251533dbe4d9f41 {
  # An HttpClient.
  hosts @0 :List(Text);
  # Each with its port unless that is the scheme's own; empty if the owner chooses.
  methods @1 :List(Text);
  # GET and POST; empty for both.
}

struct Grant @0xb251533dbe4d9f42 {
  label @0 :Text;
  # The owner's words for what was designated.
  cap @1 :Capability;
  keeper @2 :Keeper;
  # Null where the grant cannot be kept.
}

interface Keeper @0xb251533dbe4d9f43 {
  keep @0 () -> (token :Data);
  # A token by which the same image restores the grant in a later run; the same at each call.
}

interface Secret @0xb251533dbe4d9f44 {
  reveal @0 () -> (value :Text);
}

interface Clock @0xb251533dbe4d9f45 {
  now @0 () -> (ms :Float64);
  # Since 1970.
}

interface Randomness @0xb251533dbe4d9f46 {
  draw @0 (count :UInt32) -> (data :Data);
  # At most 65536 bytes.
}
