/** What `http.ts` loads with the first grant, and the page not before. */
export { serveHttpClient } from "#caps";
export { createHttpClient, limitSender, openSender } from "#http";
