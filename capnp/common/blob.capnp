# Immutable data, held once by the kernel however many read it.
@0xc539a216fb16a5b0;

interface BlobStore @0xc539a216fb16a5b3 {
  freeze @0 (data :Data) -> (blob :Blob);
  # The bytes cannot change any more. They are charged to the caller until the last holder has released the blob.
  freezeMessage @1 (root :AnyPointer) -> (blob :Blob);
  # The same for a message with its capabilities. Such a blob has no CID.
  open @2 (cid :Text) -> (blob :Blob);
  # A blob of bytes that is alive, by its CID.
}

interface Blob @0xc539a216fb16a5b4 {
  size @0 () -> (bytes :Float64);
  read @1 (offset :Float64, lengthBytes :UInt32) -> (data :Data);
  # At most 256 KiB; fewer than that and `lengthBytes` only at the end.
  cid @2 () -> (cid :Text);
  # CIDv1, raw, SHA-256. Empty if the blob is a message with capabilities.
  message @3 () -> (root :AnyPointer);
  # The frozen message, with its capabilities.
}
