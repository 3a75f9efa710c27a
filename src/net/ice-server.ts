/** STUN and TURN servers, as an owner names them. @see RFC 7064 and 7065 */

/** A value; TURN servers need a username and a credential. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** The end of a sentence that begins with an address which is not such a server's. */
export const NO_ICE_URL = "is no address of a STUN or TURN server, such as stun:stun.example:3478";
/** The end of a sentence that begins with a TURN server without username or credential. */
export const NO_CREDENTIAL = "names a TURN server, which needs a username and a credential";

const HOST = String.raw`(?:[\w.-]+|\[[\da-fA-F:.]+\])`;
const STUN = new RegExp(`^stuns?:${HOST}(?::\\d{1,5})?$`);
const TURN = new RegExp(`^turns?:${HOST}(?::\\d{1,5})?(?:\\?transport=(?:udp|tcp))?$`);

export function isIceUrl(text: string): boolean {
  return STUN.test(text) || TURN.test(text);
}

/** Whether the server can be used: a browser refuses to start with a TURN server that has no credential. */
export function hasCredential({ urls, username = "", credential = "" }: IceServer): boolean {
  return !urls.some((url) => TURN.test(url)) || (username !== "" && credential !== "");
}
