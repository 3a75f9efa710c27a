# The power over a kernel, held by its page, commands and tests; and the devices that a page lends to its kernel.
@0xc9e9366a57c022fa;

using Node = import "common/node.capnp";
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
  # Starts the next epoch: capabilities of earlier epochs are refused from now on.
  counters @12 () -> (counters :List(Counters));
  # The kernel resources that each live process has used so far.
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
  }
}

struct Fetching @0xd1b7a6a0c2c4e00c {
  layer @0 :UInt32;         # Counted from 1.
  layers @1 :UInt32;
  blocks @2 :UInt32;
  bytes @3 :Float64;
  totalBytes @4 :Float64 = -1;    # Below 0 if unknown.
  waitSeconds @5 :Float64;        # The delay that a busy gateway has requested, while waiting.
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
  open @1 (layers :List(Text), mounts :List(Mount), progress :Progress) -> (opened :OpenedImage);
  # Fetches an image and its mounts.
}

interface Progress @0xd1b7a6a0c2c4e011 {
  report @0 (fetching :Fetching) -> ();
}

struct OpenedImage @0xd1b7a6a0c2c4e016 {
  program @0 :Text;         # Its path, as the link names it.
  entrypoint @1 :Text;      # The path of its component.
  trees @2 :List(Tree);     # The files of the image, then those of each mount.
  image @3 :Image;
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
