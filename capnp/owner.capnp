# The power over a kernel, held by its page, commands and tests; and the devices that a page lends to its kernel.
@0xc9e9366a57c022fa;

using Content = import "common/content.capnp";
using Live = import "common/live.capnp";
using Grants = import "common/grants.capnp";
using Node = import "common/node.capnp";
using Powerbox = import "common/powerbox.capnp";
using Sandbox = import "common/sandbox.capnp";
using Serve = import "common/serve.capnp";
using Peer = import "first/peer.capnp";
using Stem = import "first/stem.capnp";

interface Owner @0xd1b7a6a0c2c4e001 {
  # All operations on a kernel.

  boot @0 (order :Order) -> (run :Run, id :UInt32);
  # Opens an image and runs it. Returns at once; the run reports progress and failure.
  runs @1 () -> (runs :List(RunEntry));
  # All runs that have a client or were kept.
  watch @2 (watcher :RunWatcher) -> (watching :Capability);
  # Calls the watcher for every run now and at each change, until `watching` is released.
  node @3 () -> (host :Peer.Host);
  # The kernel's node.
  storage @4 () -> (usedBytes :Float64, quotaBytes :Float64);
  # The origin's storage usage and quota.
  system @5 () -> (mode :CellMode, limits :Limits);
  # How guests wait, and the default limits.
  share @6 (order :ShareOrder) -> (share :Share);
  # Makes a token of a link to something that runs good for those who have it.
  dial @7 (peer :Data, service :Text) -> (cap :Capability);
  # The bootstrap capability of a service of a peer, which is connected or can be found.
  meet @8 (address :Text) -> (peer :Data);
  # Connects the node to a peer, at a multiaddr that ends with its id, and gives the id. The owner has named the address,
  # so it is dialled where a process's would not be.
  serve @9 (service :Text, narrowing :Narrowing, untilMs :Float64 = -1) -> (share :Share);
  # Lets every peer dial the service of this name, until the share is released or the time, since 1970, has come; it leads
  # to what is attached. The narrowing is for all of them together, each time.
  sandbox @10 (order :SandboxOrder) -> (sandbox :Sandbox.Sandbox, id :UInt32);
  # Opens an image as the files of a sandbox; returns once it is open. The sandbox ends with its last client.
}

struct SandboxOrder @0x95d1a20ef3b7c416 {
  layers @0 :List(Text);
  # Names of layers, base first, as a user types them. They need no program.
  limits @1 :Limits;
  peers @2 :List(Text);
  # Multiaddrs of peers that may have the layers, with their ids; they are dialled.
  grants @3 :List(Grants.Export);
  # What each process finds among its grants, beside its spawner.
}

struct ShareOrder @0xbfa7a8e14756920d {
  token @0 :Data;           # 16 to 64 random bytes.
  kind @1 :Live.LiveKind;
  label @2 :Text;
  image @3 :Text;           # The path of its link.
  narrowing @4 :Narrowing;  # For all visitors together, each time it is attached.
  untilMs @5 :Float64 = -1; # Since 1970; below 0 for no end.
}

interface Share @0xab9323cca7b1bd94 {
  # A link to something that runs, or a service that is. It ends when the last client is released.

  attach @0 (cap :Capability) -> ();
  # What the link leads to from now on; what it led to before ends. Null while it does not run.
  visits @1 () -> (visits :UInt32);
  # How often it was opened.
}

struct Order @0xd1b7a6a0c2c4e002 {
  # An image and how to run it.

  layers @0 :List(Text);
  # Names of layers, base first, as a user types them. The last may name a program in the image.
  args @1 :List(Text);
  # The arguments after the first.
  argv0 @2 :Text;
  # The first argument; by default the program's path in the image.
  env @3 :List(Variable);
  mounts @4 :List(Mount);
  writable @5 :Bool;
  # Whether the first process can write to the files of the image. Changes are lost at its end.
  bare @6 :Bool;
  # Whether the first process gets no directory.
  limits @7 :Limits;
  terminal @8 :Terminal;
  saves @9 :Bool;
  # Whether the image and the first process's changes are stored when it exits.
  chooser @10 :Chooser;
  # Answers what the image and its processes ask for; null refuses all of it.
  graft @11 :GraftPolicy;
  peers @12 :List(Text);
  # Multiaddrs of peers that may have the layers, with their ids; they are dialled.
}

struct GraftPolicy @0xd1b7a6a0c2c4e020 {
  # Who gets a session of the membrane.

  signer @0 :SignerRule;
  keys @1 :List(Data);
  # Public keys of libp2p, as protobuf; empty for any.
}

enum SignerRule @0xd1b7a6a0c2c4e021 {
  optional @0;              # A caller without a signer gets a session; a signer is checked.
  required @1;              # A caller without a signer is refused.
}

interface Chooser @0xd1b7a6a0c2c4e022 {
  # The part of the owner that designates what processes ask for.

  choose @0 (petition :Petition) -> (choice :Choice);
  # The process waits; the call is cancelled when it has ended or asks no more.
  restore @1 (petition :Petition, token :Data) -> (choice :Choice);
  # The same for a grant that was kept; `ask` is empty.
}

struct Petition @0xd1b7a6a0c2c4e023 {
  pid @0 :UInt32;
  asker @1 :Text;
  # The process, as the account calls it.
  layers @2 :List(Text);
  # The image of the process, base first.
  name @3 :Text;
  # Under which the image asks for it in etc/grants.json; empty for a process that asks.
  ask @4 :Powerbox.Ask;
}

struct Choice @0xd1b7a6a0c2c4e024 {
  union {
    nothing @0 :Text;       # Why; may be empty.
    given @1 :Given;
  }
}

struct Given @0xd1b7a6a0c2c4e025 {
  label @0 :Text;           # What was designated, for the owner and the process.
  cap @1 :Capability;       # Null for memory and time.
  narrowing @2 :Narrowing;
  keeper @3 :Powerbox.Keeper;   # Null if the grant cannot be kept.
  ask @4 :Powerbox.Ask;     # Of a restored grant: what it was asked as.
}

struct Narrowing @0xd1b7a6a0c2c4e026 {
  # What narrows a capability further. Numbers below 0 narrow nothing.

  methods @0 :List(MethodNarrowing);    # Others cannot be called; empty for all.
  calls @1 :Float64 = -1;
  bytes @2 :Float64 = -1;               # Of text and data in parameters and results.
  rateCalls @3 :Float64 = -1;           # So many calls at once,
  ratePerMs @4 :Float64 = 1000;         # and as many in each such time later.
  expiresMs @5 :Float64 = -1;           # After it was granted.
}

struct MethodNarrowing @0xd1b7a6a0c2c4e027 {
  name @0 :Text;
  params @1 :List(ParamNarrowing);
}

struct ParamNarrowing @0xd1b7a6a0c2c4e028 {
  # Rules on one parameter.

  name @0 :Text;
  prefixes @1 :List(Text);              # One of these paths, or a path below it.
  hosts @2 :List(Text);                 # A URL with one of these hosts.
  oneOf @3 :List(Text);
  atMost @4 :Float64 = -1;
  limitBytes @5 :Float64 = -1;
}

struct Variable @0xd1b7a6a0c2c4e003 {
  name @0 :Text;
  value @1 :Text;
}

struct Mount @0xd1b7a6a0c2c4e004 {
  # A folder for the first process, writable, beside its image. Its children do not get it.

  path @0 :Text;
  layer @1 :Text;
}

struct Limits @0xd1b7a6a0c2c4e005 {
  # Limits of a run. Below 0, the kernel chooses.

  memoryBytes @0 :Float64 = -1;      # All memories of one process.
  runMemoryBytes @1 :Float64 = -1;   # All processes together.
  memories @2 :Float64 = -1;         # Of one process.
  cpuSeconds @3 :Float64 = -1;       # Processor time of one process.
  openFiles @4 :Float64 = -1;        # Of one process.
  pipeBytes @5 :Float64 = -1;        # Unread bytes of each pipe.
  children @6 :Float64 = -1;         # Of one process.
}

struct Terminal @0xd1b7a6a0c2c4e006 {
  # The streams that are terminals. If both outputs are, both are sent to `stdout`.

  stdin @0 :Bool;
  stdout @1 :Bool;
  stderr @2 :Bool;
}

enum CellMode @0xd1b7a6a0c2c4e007 {
  sharedMemory @0;
  jspi @1;
}

interface Run @0xd1b7a6a0c2c4e008 {
  # An image that is being opened, is running, or has ended. The release of its last client stops it, unless it was kept.

  stdin @0 () -> (stream :Node.ByteStream);
  stdout @1 () -> (stream :Node.ByteStream);
  stderr @2 () -> (stream :Node.ByteStream);
  # The streams of the first process; reads and writes wait until it has started.
  wait @3 () -> (outcome :Outcome);
  # Returns at the end, each time with the same outcome. Unread output stays readable.
  stop @4 (reason :Text) -> ();
  # Kills every process; `wait` then gives the reason.
  keep @5 () -> ();
  # The run continues without clients from now on.
  bootstrap @6 () -> (cap :Capability);
  # The bootstrap capability of the first process.
  processes @7 () -> (processes :List(ProcessEntry));
  limits @8 () -> (limits :Limits);
  # The effective limits.
  saved @9 () -> (path :Text, car :Node.ByteStream);
  # For an order that `saves`, after the end: the path of the stored image's link, and the whole image.
  epoch @10 () -> (epoch :Stem.Epoch);
  advance @11 (head :Data) -> (epoch :Stem.Epoch);
  # Starts the next epoch: capabilities of earlier epochs are refused from now on. A head is the path of an image, as
  # text: all processes end, the image replaces the last layer, and its first process starts under the new epoch; if it
  # cannot be opened, the run is `halted` until the next head. With an empty head, all processes go on.
  counters @12 () -> (counters :List(Counters));
  # The kernel resources that each live process has used so far.
  account @13 () -> (account :Account);
  handlers @14 () -> (handlers :List(HandlerEntry));
  # What of the run serves HTTP now.
  handler @15 (name :Text) -> (handler :Serve.HttpHandler);
  # One of `handlers`, by its name. With an empty name, all of them as one: the longest prefix that a request has decides,
  # and what has none goes to the program.
  activity @16 () -> (activity :Activity);
  # What the first process does now, as far as the kernel knows it.
}

enum Activity @0x9a7d2c15e6f40b83 {
  runs @0;                  # Or waits for something of which the kernel does not know.
  waitsForInput @1;
  serves @2;                # The image answers HTTP requests.
  exports @3;               # It serves a capability on its connection; whether that is an HttpHandler, a call shows.
}

struct HandlerEntry @0xe86ff3c0196815ab {
  name @0 :Text;            # A prefix of paths, beginning with a slash, or "program".
  kind @1 :HandlerKind;
}

enum HandlerKind @0x9e06587b0f1453de {
  component @0;             # The image's program exports wasi:http/incoming-handler.
  bootstrap @1;             # What the first process serves on its connection; whether that is an HttpHandler, a call shows.
  cgi @2;                   # A process for each request below the prefix.
}

interface Account @0xd1b7a6a0c2c4e030 {
  # Who holds what, through whom, and how it is used.

  snapshot @0 () -> (entries :List(AccountEntry));
  watch @1 (watcher :AccountWatcher) -> (watching :Capability);
  # Calls the watcher now and after each change other than a use, until `watching` is released.
  revoke @2 (id :UInt32) -> (ended :List(Text));
  # Ends a grant and all that was granted through it: calls in flight fail, later ones are not delivered. The result names
  # what has ended, the grant first.
  log @3 () -> (lines :Text);
  # The latest events as lines of JSON, oldest first.
}

interface AccountWatcher @0xd1b7a6a0c2c4e031 {
  changed @0 (entries :List(AccountEntry)) -> ();
}

struct AccountEntry @0xd1b7a6a0c2c4e032 {
  # One grant to one process.

  id @0 :UInt32;            # Ascending from 1; never reused.
  pid @1 :UInt32;
  holder @2 :Text;          # The process, for the owner.
  name @3 :Text;            # Under which the process has it.
  label @4 :Text;           # What it is.
  restrictions @5 :List(Text);
  via @6 :UInt32;           # The entry it was granted through; 0 for the owner.
  sinceMs @7 :Float64;      # Since 1970.
  uses @8 :Float64;
  refusals @9 :Float64;
  lastRefusal @10 :Text;
  basic @11 :Bool;          # Every image has it, so that nobody had to give it.
}

struct RunEntry @0xd1b7a6a0c2c4e009 {
  id @0 :UInt32;            # Ascending; never reused.
  layers @1 :List(Text);
  stage @2 :Stage;
  processes @3 :List(ProcessEntry);
  run @4 :Run;
}

struct ProcessEntry @0xd1b7a6a0c2c4e00a {
  pid @0 :UInt32;           # 0 is the first.
  parent @1 :UInt32;        # Its own pid for the first.
  args @2 :List(Text);      # Beginning with its name.
}

struct Counters @0xd1b7a6a0c2c4e00f {
  pid @0 :UInt32;
  receivedMessages @1 :Float64;   # Sent by the process to the kernel.
  receivedBytes @2 :Float64;
  sentMessages @3 :Float64;
  sentBytes @4 :Float64;
  openCalls @5 :UInt32;           # Calls of the process that are not answered yet.
  busyMs @6 :Float64;             # Kernel thread time spent on its messages.
}

struct Stage @0xd1b7a6a0c2c4e00b {
  # The stage of a run.

  union {
    opening @0 :Void;       # The code that opens it is being loaded.
    fetching @1 :Fetching;
    preparing @2 :Void;     # Its component is being compiled.
    running @3 :Void;
    ended @4 :Outcome;
    halted @5 :Text;        # No process runs: why the image of the last head could not be started.
  }
}

struct Fetching @0xd1b7a6a0c2c4e00c {
  layer @0 :UInt32;         # Counted from 1.
  layers @1 :UInt32;
  blocks @2 :UInt32;
  bytes @3 :Float64;
  totalBytes @4 :Float64 = -1;    # Below 0 if unknown.
  waitSeconds @5 :Float64;        # The delay that a busy gateway has requested, while waiting.
  asked @6 :List(Text);           # Gateways and peers that were asked so far.
}

struct Outcome @0xd1b7a6a0c2c4e00d {
  # How a run ended. The texts are for users.

  union {
    exited @0 :Int32;       # The exit code.
    trapped @1 :Text;
    killed @2 :Text;
    failed @3 :Text;        # It never started.
  }
}

interface RunWatcher @0xd1b7a6a0c2c4e00e {
  changed @0 (entry :RunEntry) -> ();
  gone @1 (id :UInt32) -> ();
}

interface Device @0xd1b7a6a0c2c4e010 {
  # The devices that a page lends to its kernel.

  host @0 () -> (host :Peer.Host);
  # The page's node, without an executor.
  open @1 (
    layers :List(Text),
    mounts :List(Mount),
    progress :Progress,
    peers :List(Text),
    filesOnly :Bool
  ) -> (opened :OpenedImage);
  # Fetches an image and its mounts. If its files alone are wanted, it needs no program.
  content @2 () -> (ipfs :Content.Ipfs, routing :Content.Routing);
  keys @3 () -> (keys :NodeKeys);
  meet @4 (address :Text) -> (peer :Data);
  # What `Owner.meet` does.
}

interface NodeKeys @0xd1b7a6a0c2c4e017 {
  # Signed envelopes of libp2p. The node's private key stays on the page.

  seal @0 (domain :Text, payloadType :Data, payload :Data) -> (envelope :Data);
  open @1 (domain :Text, envelope :Data) -> (publicKey :Data, payloadType :Data, payload :Data);
  # Fails if the envelope is of another domain, or its signature is wrong. The key is in libp2p's protobuf form.
  verify @2 (data :Data, signature :Data, publicKey :Data) -> (valid :Bool);
}

interface Progress @0xd1b7a6a0c2c4e011 {
  report @0 (fetching :Fetching) -> ();
}

struct OpenedImage @0xd1b7a6a0c2c4e016 {
  program @0 :Text;         # Its path, as the link names it.
  entrypoint @1 :Text;      # The path of its component.
  trees @2 :List(Tree);     # The files of the image, then those of each mount.
  image @3 :Image;
  peers @4 :List(Node.PeerInfo);
  # Of its boot folder.
}

interface Image @0xd1b7a6a0c2c4e012 {
  # An image that the page has opened; releasing it closes it.

  save @0 (snapshot :Tree) -> (path :Text, car :Node.ByteStream);
  # Stores a snapshot. Its `kept` entries refer to the trees of `OpenedImage`.
}

interface Tree @0xd1b7a6a0c2c4e013 {
  # An immutable file tree.

  list @0 (from :UInt32) -> (entries :List(TreeEntry), count :UInt32, id :Text);
  # Some entries in order from an index, and the total count. Trees with the same id always have the same contents; the id
  # is empty if unknown.
  read @1 (path :Text, offset :Float64, lengthBytes :UInt32) -> (data :Data);
  # Returns fewer bytes only at the end of the file.
}

struct TreeEntry @0xd1b7a6a0c2c4e014 {
  path @0 :Text;            # Relative to the root, without a leading slash; empty for the root.
  modifiedNs @1 :Int64 = -1;      # Since 1970; below 0 if unknown.
  union {
    directory @2 :Void;
    file @3 :Float64;       # Its size in bytes.
    link @4 :Text;          # The target.
    kept @5 :Kept;          # In a snapshot: unchanged from a volume, with everything below.
  }
}

struct Kept @0xd1b7a6a0c2c4e015 {
  volume @0 :UInt32;
  path @1 :Text;
}
