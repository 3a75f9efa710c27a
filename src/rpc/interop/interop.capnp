# What the tests let two implementations say to each other.
@0xcd2265e0445f8d87;

enum Colour @0x8c12ba69ec6395d2 {
  red @0;
  green @1;
  blue @2;
}

struct AllTypes @0xfdc3a1383565f9ff {
  none @0 :Void;
  flag @1 :Bool;
  int8 @2 :Int8;
  int16 @3 :Int16;
  int32 @4 :Int32;
  int64 @5 :Int64;
  uint8 @6 :UInt8;
  uint16 @7 :UInt16;
  uint32 @8 :UInt32;
  uint64 @9 :UInt64;
  float32 @10 :Float32;
  float64 @11 :Float64;
  text @12 :Text;
  data @13 :Data;
  colour @14 :Colour;
  inner @15 :Inner;
  flags @16 :List(Bool);
  int8s @17 :List(Int8);
  int16s @18 :List(Int16);
  int32s @19 :List(Int32);
  int64s @20 :List(Int64);
  uint8s @21 :List(UInt8);
  uint16s @22 :List(UInt16);
  uint32s @23 :List(UInt32);
  uint64s @24 :List(UInt64);
  float32s @25 :List(Float32);
  float64s @26 :List(Float64);
  texts @27 :List(Text);
  datas @28 :List(Data);
  colours @29 :List(Colour);
  inners @30 :List(Inner);
  lists @31 :List(List(Int32));
  nones @32 :List(Void);

  struct Inner {
    number @0 :UInt32;
    name @1 :Text;
  }
}

struct Defaults @0xbe8375a4cc316e1d {
  flag @0 :Bool = true;
  int8 @1 :Int8 = -8;
  int16 @2 :Int16 = -1616;
  int32 @3 :Int32 = -32323232;
  int64 @4 :Int64 = -6464646464646464;
  uint8 @5 :UInt8 = 200;
  uint16 @6 :UInt16 = 60000;
  uint32 @7 :UInt32 = 4000000000;
  uint64 @8 :UInt64 = 18000000000000000000;
  float32 @9 :Float32 = 1.5;
  float64 @10 :Float64 = -2.25e100;
  text @11 :Text = "grün";
  data @12 :Data = 0x"00 ff 7f";
  colour @13 :Colour = blue;
  inner @14 :AllTypes.Inner = (number = 7, name = "seven");
  numbers @15 :List(Int32) = [1, -2, 3];
  texts @16 :List(Text) = ["a", "", "c"];
}

const answer @0xfe9cf1c502418c8a :UInt32 = 42;
const sample @0x830b5b188f2e7a37 :AllTypes.Inner = (number = 9, name = "nine");

struct Shapes @0x85ddcb446f80ab97 {
  before @0 :UInt16;
  union {
    empty @1 :Void;
    number @2 :Int64 = 5;
    text @3 :Text;
    box :group {
      width @4 :UInt32;
      height @5 :UInt32;
    }
  }
  extra :union {
    nothing @6 :Void;
    flag @7 :Bool;
    inner @8 :AllTypes.Inner;
  }
  after :group {
    colour @9 :Colour;
    name @10 :Text;
  }
  tree @11 :List(Shapes);
  next @12 :Shapes;
}

struct Pair(First, Second) {
  first @0 :First;
  second @1 :Second;
}

interface Counter @0x8dede4206200d677 {
  add @0 (amount :Int64) -> (total :Int64);
  # Adds and gives the new total. The first call gives its amount.
  calls @1 () -> (count :UInt32);
  # How many calls of add were begun, this one not counted.
}

interface Greeter @0xa1a1b0b1c0c1d001 {
  greet @0 (name :Text = "you", times :UInt32 = 2) -> (text :Text, length :UInt32 = 3);
}

interface PoliteGreeter @0xa1a1b0b1c0c1d002 extends(Greeter) {
  thank @0 AllTypes.Inner -> AllTypes.Inner;
}

interface Stream @0xa1a1b0b1c0c1d003 {
  push @0 (number :UInt32) -> stream;
  # Numbers above 1000 are refused.
  finish @1 () -> (sum :UInt64, count :UInt32);
}

interface Holder @0xa1a1b0b1c0c1d004 (T) {
  put @0 (value :T) -> ();
  get @1 () -> (value :T);
}

interface Callee @0xa1a1b0b1c0c1d005 {
  struct Result {
    number @0 :Int64;
    counter @1 :Counter;
  }
  give @0 (number :Int64) -> Result;
}

interface Peer @0xa1a1b0b1c0c1d006 {
  echoAll @0 (value :AllTypes) -> (value :AllTypes);
  echoDefaults @1 (value :Defaults) -> (value :Defaults);
  echoShapes @2 (value :Shapes) -> (value :Shapes);
  echoAny @3 (value :AnyPointer) -> (value :AnyPointer);
  echoCap @4 (cap :Capability) -> (cap :Capability);
  echoCounters @5 (counters :List(Counter)) -> (counters :List(Counter));

  makeCounter @6 () -> (counter :Counter);
  makeNested @7 () -> (outer :Outer);
  # A counter two structs deep.
  struct Outer { middle @0 :Middle; }
  struct Middle { note @0 :Text; counter @1 :Counter; }
  liveCounters @8 () -> (count :UInt32);
  # How many made counters nobody has released.

  callCounter @9 (counter :Counter, amount :Int64) -> (total :Int64);
  # Calls add on what it is given.
  hold @10 (counter :Counter) -> ();
  # Keeps it, in place of the one before; null lets go.
  callHeld @11 (amount :Int64) -> (total :Int64);
  getHeld @12 () -> (counter :Counter);

  fail @13 (type :UInt16, reason :Text) -> ();
  # Throws an exception of this type: failed, overloaded, disconnected, unimplemented.
  neverReturn @14 (counter :Counter) -> (counter :Counter);
  # Waits until it is canceled, holding what it was given.
  canceled @15 () -> (count :UInt32);
  # How many calls of neverReturn were canceled.

  promiseCounter @16 () -> (counter :Counter);
  # Returns at once with a promise.
  keepPromise @17 (counter :Counter) -> ();
  # Resolves the promise given last to this; null breaks it.

  greeter @18 () -> (greeter :PoliteGreeter);
  stream @19 () -> (stream :Stream);
  holder @20 () -> (holder :Holder(Pair(Text, Counter)));
  tail @21 (callee :Callee, number :Int64) -> Callee.Result;
  # A tail call of give.
  getNull @22 () -> (counter :Counter);
  membrane @23 () -> (membrane :Capability);
  # A Membrane(WetwareSession), in epoch 7 with the head "head".
}
