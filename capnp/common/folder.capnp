# A folder or a file that an owner has designated.
@0x81036fffece67977;

interface Folder @0x81036fffece67978 {
  # Paths are relative to the folder, of names joined by slashes; the empty path is the folder itself.

  list @0 (path :Text) -> (entries :List(FolderEntry));
  # In the order of their names.
  stat @1 (path :Text) -> (entry :FolderEntry);
  read @2 (path :Text, offset :Float64, lengthBytes :UInt32) -> (data :Data);
  # Returns fewer bytes only at the end of the file.
  write @3 (path :Text, offset :Float64, data :Data) -> ();
  # Creates the file where there is none. The bytes between its end and the offset become 0.
  truncate @4 (path :Text, sizeBytes :Float64) -> ();
  makeFolder @5 (path :Text) -> ();
  remove @6 (path :Text) -> ();
  # A file, or an empty folder.
}

struct FolderEntry @0x81036fffece67979 {
  name @0 :Text;
  modifiedMs @1 :Float64 = -1;    # Since 1970; below 0 if unknown.
  union {
    folder @2 :Void;
    file @3 :Float64;       # Its size in bytes.
  }
}
