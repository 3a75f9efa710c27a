/** The texts of the panel of previews. */
export const PREVIEW_WORDS = {
  previews: "Previews",
  title: "Show what the image in front serves",
  about:
    "It gets an address on this computer, for browsers and other programs of yours. Its pages have nothing of this one, and run in a tab of their own.",
  open: "Open preview",
  opening: "Asking the local node …",
  requests: "Requests so far",
  close: "Close",
} as const;
