# Imported by files of this folder's parent, and imports one of them.
@0xb62a1c5cd3bb5ab4;

using Back = import "../other.capnp";

annotation note @0xe2d1c2c4a1f0bb01 (struct, field, enum, interface, method, file) :Text;
$note("Annotations make no difference.");

struct Thing @0xe2d1c2c4a1f0bb02 $note("here") {
  name @0 :Text $note("and here");
  things @1 :List(Back.Thing);
}

enum Colour @0xe2d1c2c4a1f0bb03 $note("and here") {
  red @0;
  blue @1;
}

interface Named @0xe2d1c2c4a1f0bb04 $note("and here") {
  name @0 () -> (name :Text) $note("and here");
}
