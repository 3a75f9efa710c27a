/** The texts of the panel of previews. */
export const PREVIEW_WORDS = {
  previews: "Previews",
  title: "Show what the image in front serves",
  about:
    "It gets an address on this computer, and opens in a new tab. Other programs of yours can use the address as well. What it shows there can reach nothing of this page.",
  noTab: "The browser has opened no tab; click the address below",
  open: "Open preview",
  opening: "Asking the local node …",
  requests: "Requests so far",
  close: "Close",
  aboutDocument:
    "Without a local node, one document can be shown here, alone: its scripts, its forms and its links to other pages do nothing, and what it would load is missing. A page of the command “ww up” shows the whole app. You alone see the document, and the program learns only that it was asked.",
  path: "Its path",
  showDocument: "Show its page",
  asking: "Asking the program …",
  frame: "What the program has written",
} as const;

/** The line above a document. */
export function describeDocument(image: string, path: string, status: number): string {
  const problem = status < 400 ? "" : `, which the program answers with status ${status}`;
  return `${path} of ${image}${problem}`;
}
