# A file of the same name as another one, in another folder.
@0xb62a1c5cd3bb5ab3;

using Parts = import "parts/other.capnp";

struct Thing @0xe2d1c2c4a1f0ba01 {
  thing @0 :Parts.Thing;
  colour @1 :Parts.Colour = blue;
}
