# Names with a meaning in TypeScript, or that generated code uses itself.
@0xb62a1c5cd3bb5ab2;

using Other = import "parts/other.capnp";
using Again = import "other.capnp";

struct Members @0xe2d1c2c4a1f0b901 {
  then @0 :UInt32;
  catch @1 :Text;
  finally @2 :Counter;
  constructor @3 :Text = "made";
  toString @4 :Text;
  valueOf @5 :UInt32;
  hasOwnProperty @6 :Bool;
  read @7 :Text;
  write @8 :Text;
  length @9 :UInt32;
  which @10 :UInt32;
  class @11 :Text;
  s @12 :Text;
  value @13 :Text;
  common @14 :Text;
  union {
    toLocaleString @15 :Text;
    isPrototypeOf :group {
      which @16 :Text;
    }
  }
  group :union {
    propertyIsEnumerable @17 :UInt32;
    constructor :group {
      then @18 :UInt32;
    }
  }
}

enum Words @0xe2d1c2c4a1f0b902 {
  then @0;
  constructor @1;
  toString @2;
  class @3;
}

struct Nothing @0xe2d1c2c4a1f0b903 {}

struct Promise @0xe2d1c2c4a1f0b904 {
  list @0 :List(Uint8Array);
  object @1 :Object;

  struct Promise { omit @0 :Omit; }
}
struct Uint8Array @0xe2d1c2c4a1f0b905 { data @0 :Data; }
struct Object @0xe2d1c2c4a1f0b906 { error @0 :Text; }
struct Omit @0xe2d1c2c4a1f0b907 { disposable @0 :Disposable; }
struct Disposable @0xe2d1c2c4a1f0b908 { client @0 :Client; }
struct Client @0xe2d1c2c4a1f0b909 { map @0 :Map(Text, Array); }
struct Map @0xe2d1c2c4a1f0b90a (Uint8Array, Array) {
  # Its parameters are named as types of this file are.
  key @0 :Uint8Array;
  value @1 :Array;
  inner @2 :Inner(Uint8Array);

  struct Inner(Uint8Array) {
    # As is the parameter of the struct around it.
    mine @0 :Uint8Array;
    outer @1 :Array;
  }
}
struct Array @0xe2d1c2c4a1f0b90b {}
struct CounterServer @0xe2d1c2c4a1f0b90c { others @0 :Other.Thing; again @1 :Again.Thing; }

interface Counter @0xe2d1c2c4a1f0b90d {
  then @0 (class :UInt32, function :UInt32) -> (then :UInt32);
  constructor @1 (options :UInt32, context :UInt32 = 5) -> (constructor :UInt32);
  toString @2 (params :Text) -> (text :Text);
  dispose @3 (arguments :Text, await :Text, this :Text) -> Members;
  catch @4 Members -> (finally :Counter);
  nothing @5 () -> Nothing;
}

const default @0xe2d1c2c4a1f0b90e :Text = "d";
const undefined @0xe2d1c2c4a1f0b90f :UInt32 = 3;
const class @0xe2d1c2c4a1f0b910 :Words = class;
