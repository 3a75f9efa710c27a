/** Frames with their segments' sizes, made by `capnp encode --segment-size=<n> samples/data.capnp Point`. */
export const FRAMES: readonly {
  readonly frame: string;
  readonly segmentBytes: readonly number[];
}[] = [
  // echo '(x = 1, y = 2, label = "a label")', without --segment-size
  {
    frame: "000000000400000000000000010001000100000002000000010000004200000061206c6162656c00",
    segmentBytes: [32],
  },
  // the same, --segment-size=1
  {
    frame:
      "020000000100000003000000020000000200000001000000000000000100010001000000020000000200000002000000010000004200000061206c6162656c00",
    segmentBytes: [8, 24, 16],
  },
  // the same, --segment-size=3
  {
    frame:
      "01000000030000000200000000000000000000000100010001000000020000000200000001000000010000004200000061206c6162656c00",
    segmentBytes: [24, 16],
  },
  // echo '()'
  { frame: "0000000003000000000000000100010000000000000000000000000000000000", segmentBytes: [24] },
];
