# Sandboxes: processes over one file tree that all of them can change.
@0x8482326a18c85029;

using Node = import "node.capnp";

interface Sandbox @0xa15a6f41b088c508 {
  # All power over one sandbox. Its processes live until it ends.

  spawner @0 () -> (spawner :Spawner);
  files @1 () -> (files :Files);
  usage @2 () -> (usage :Usage);
  snapshot @3 () -> (path :Text, car :Node.ByteStream);
  # Stores the files as they are at this moment as an image: the path of its link, and the whole image. Processes are not
  # part of it.
  fork @4 () -> (sandbox :Sandbox);
  # Another sandbox with the files as they are at this moment, and with the same grants and limits; unchanged files are kept
  # once for both. Processes are not part of it.
  port @5 (port :UInt16) -> (handler :Capability);
  # The HttpHandler of the process that serves the port. Fails if none does.
}

interface Spawner @0xad9bb53622e40a05 {
  # Starts processes in a sandbox, and reaches what they serve. A process finds a spawner of its own among its grants, named "spawner".

  spawn @0 (command :Command) -> (process :SandboxProcess, pid :UInt32);
  # Returns once the process has started. Fails, in a sentence, if there is no such program.
  port @1 (port :UInt16) -> (handler :Capability);
  # The HttpHandler of the process of the sandbox that serves the port. Fails if none does.
}

struct Command @0xe3f7b297606b7821 {
  program @0 :Text;
  # A path, from `cwd` unless it begins with a slash; without a slash, a name that is looked up in the PATH of `env`.
  argv0 @1 :Text;           # By default `program`.
  args @2 :List(Text);      # After the first.
  env @3 :List(Text);       # Each entry is "NAME=value".
  cwd @4 :Text;             # By default the root.
  stdin @5 :Stdio;
  stdout @6 :Stdio;
  stderr @7 :Stdio;
  terminal @8 :TerminalSize;
  # The size of a terminal of its own, for all three streams; no columns for none. Its output is one stream, `stdout`.
  label @9 :Text;
  # The name of the process in the owner's account: one line of at most 100 letters; by default the path of the program.
  port @10 :UInt16;
  # The port of the sandbox that the process serves while it lives: by its bootstrap capability, an HttpHandler, or by
  # `wasi:http/incoming-handler` alone. 0 for none.
}

enum Stdio @0xe00600557c97ea96 {
  piped @0;                 # A stream of the process capability.
  nothing @1;
  inherited @2;             # The spawning process's own.
}

struct TerminalSize @0x8ebe526d6f9331e9 {
  columns @0 :UInt16;
  rows @1 :UInt16;
}

interface SandboxProcess @0xd4bda4d786a5273a {
  # Releasing it does not end the process.

  stdin @0 () -> (stream :Node.ByteStream);
  stdout @1 () -> (stream :Node.ByteStream);
  stderr @2 () -> (stream :Node.ByteStream);
  # Unread output holds the process back.
  wait @3 () -> (exit :Exit);
  # Returns at the end of the process, each time with the same.
  signal @4 (signal :UInt8) -> ();
  # 2 (interrupt) ends the process unless it handles interrupts; 15 (terminate) and 9 end it, with those that it has started.
  # Others fail.
  resize @5 (size :TerminalSize) -> ();
  # Fails if it has no terminal of its own.
  bootstrap @6 () -> (cap :Capability);
  # The capability that the process serves on its own connection.
}

struct Exit @0xde3bb0ada1fcc562 {
  union {
    code @0 :UInt8;
    signal @1 :UInt8;       # It was ended by this signal.
    trap @2 :Text;          # It failed: why, for users.
  }
}

struct Usage @0xce8e278b376798b5 {
  memoryBytes @0 :Float64;        # Granted to live processes.
  memoryLimitBytes @1 :Float64;
  diskBytes @2 :Float64;          # Written to files.
  diskLimitBytes @3 :Float64;
  cpuSeconds @4 :Float64;         # Used by live processes, as of the last wait of each.
  processes @5 :UInt32;           # Live ones.
}

interface Files @0xb15f58ffe1a207da {
  # Paths are names joined by slashes from the root of the tree; a slash at the front changes nothing. A refusal is a
  # result, other failures are exceptions.

  stat @0 (path :Text, follow :Bool) -> (entry :FileEntry, refusal :FileRefusal);
  # With `follow`, the entry's path is the one that links have led to.
  list @1 (path :Text, depth :UInt32) -> (entries :List(FileEntry), refusal :FileRefusal);
  # The entries below a directory, down to `depth` levels: parents first, names in order. Links are not followed. Paths begin
  # with `path` as it was given.
  read @2 (path :Text, offset :Float64, lengthBytes :Float64 = -1) -> (stream :Node.ByteStream, sizeBytes :Float64, refusal :FileRefusal);
  # The bytes of a file from an offset, to its end for a length below 0; `sizeBytes` is that of the whole file.
  write @3 (path :Text) -> (upload :Upload, refusal :FileRefusal);
  # Begins a new file. Its commit puts it at the path, replaces what is there, and creates missing parents.
  makeDirectory @4 (path :Text) -> (refusal :FileRefusal);
  # Creates missing parents as well. `exist` if something has the path.
  move @5 (path :Text, to :Text) -> (refusal :FileRefusal);
  # Replaces a file or an empty directory. Missing parents are created.
  remove @6 (path :Text) -> (refusal :FileRefusal);
  # Removes everything below it as well.
  watch @7 (path :Text, recursive :Bool, watcher :FileWatcher) -> (watching :Capability, refusal :FileRefusal);
  # Reports each change below a directory, in order, until `watching` is released.
  setMetadata @8 (path :Text, metadata :List(Metadata)) -> (refusal :FileRefusal);
  # Replaces the metadata of a file.
}

struct Metadata @0xd09d066cd2132413 {
  name @0 :Text;
  value @1 :Text;
}

struct FileEntry @0xe0abb9d041530e69 {
  path @0 :Text;            # From the root, without a slash at the front; empty for the root.
  modifiedNs @1 :Int64 = -1;      # Since 1970; below 0 if unknown.
  metadata @2 :List(Metadata);
  union {
    directory @3 :Void;
    file @4 :Float64;       # Its size in bytes.
    link @5 :Text;          # The target, as it was written. Never from `stat` with `follow`.
  }
}

enum FileRefusal @0xbe96ec86759aa903 {
  # The codes of wasi:filesystem.

  none @0;
  badDescriptor @1;
  busy @2;
  crossDevice @3;
  exist @4;
  fileTooLarge @5;
  insufficientMemory @6;
  insufficientSpace @7;
  invalid @8;
  io @9;
  isDirectory @10;
  loop @11;
  nameTooLong @12;
  noEntry @13;
  notDirectory @14;
  notEmpty @15;
  notPermitted @16;
  readOnly @17;
}

interface Upload @0xb8c9106be20ce582 {
  # Releasing it before it was committed leaves nothing behind.

  stream @0 () -> (stream :Node.ByteStream);
  commit @1 () -> (entry :FileEntry, refusal :FileRefusal);
  # Makes what was written so far the file. Waits for writes that are under way.
}

interface FileWatcher @0xc0a1d5f7be93e244 {
  changed @0 (changes :List(FileChange)) -> ();
  # The next call waits for this one. Fails the watcher if too many changes wait: `lost` is the last call then.
  lost @1 (reason :Text) -> ();
}

struct FileChange @0xf2c7d09be41a6635 {
  path @0 :Text;            # From the root.
  union {
    created @1 :Void;
    written @2 :Void;
    removed @3 :Void;
    touched @4 :Void;       # Its times or metadata.
    renamed @5 :Text;       # To this path.
  }
}
