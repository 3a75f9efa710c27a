/** The parts that `http.ts` loads with the first grant, kept out of the page's first script. */
export { serveHttpClient } from "#caps";
export { createHttpClient, limitSender, openSender } from "#http";
