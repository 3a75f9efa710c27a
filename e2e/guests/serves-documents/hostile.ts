/** A document that tries all that a document could reach. */

const INLINE =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='20' height='20'%3E%3C/svg%3E";

/**
 * @param far the origin of a server that counts who connects to it
 * @param own the origin of the page that shows the document
 */
export function writeHostileDocument(far: string, own: string): string {
  return `<!doctype html>
<html>
  <head>
    <title>Hostile</title>
    <meta http-equiv="refresh" content="0; url=${far}/refresh">
    <meta http-equiv="Content-Security-Policy" content="default-src *">
    <meta http-equiv="x-dns-prefetch-control" content="on">
    <base href="${far}/base/" target="_self">
    <link rel="preconnect" href="${far}">
    <link rel="dns-prefetch" href="${far}">
    <link rel="stylesheet" href="${far}/style.css">
    <link rel="icon" href="${far}/icon.svg">
    <link rel="prefetch" href="${far}/prefetch">
    <link rel="preload" as="image" href="${far}/preload.png">
    <link rel="manifest" href="${far}/manifest">
    <style>
      @import url("${far}/import.css");
      @font-face { font-family: far; src: url("${far}/font.woff2"); }
      h1 { font-family: far, serif; background: url("${far}/background.png"); }
      body { display: grid; grid-template-columns: repeat(9, 4rem); }
      h1, p, svg, form { margin: 0; font-size: 1rem; height: 2rem; }
    </style>
    <script src="${far}/script.js"></script>
    <script src="${own}/sandbox.js"></script>
  </head>
  <body>
    <h1>Shown</h1>
    <p><a id="plain" href="${far}/link" ping="${far}/ping">plain</a></p>
    <p><a id="same" href="${far}/same" target="_self">same</a></p>
    <p><a id="parent" href="${far}/parent" target="_parent">parent</a></p>
    <p><a id="top" href="${far}/top" target="_top">top</a></p>
    <p><a id="own" href="${own}/" target="_self">own</a></p>
    <p><a id="script" href="javascript:parent.document.title='reached'">script</a></p>
    <svg width="60" height="20"><a id="animated"><set attributeName="href" to="${far}/animated"/><text y="15">animated</text></a></svg>
    <form action="${far}/form" method="post" target="_self"><button id="send">send</button></form>
    <img src="${INLINE}" alt="">
    <img src="${far}/image.png" alt="">
    <img src="${own}/config.json" alt="">
    <video poster="${far}/poster.png" src="${far}/video" autoplay></video>
    <svg><image href="${far}/svg.png"/></svg>
    <script type="speculationrules">{ "prefetch": [{ "urls": ["${far}/speculated"] }] }</script>
    <object data="${far}/object"></object>
    <embed src="${far}/embed">
    <iframe src="${far}/frame"></iframe>
    <iframe srcdoc="&lt;link rel=preconnect href='${far}'>&lt;img src='${far}/nested.png'>"></iframe>
    <p><template shadowrootmode="open"><link rel="preconnect" href="${far}"></template></p>
    <script>
      const attempts = [
        () => (document.querySelector("h1").textContent = "Scripts run"),
        () => (parent.document.title = "reached"),
        () => (top.location = "${far}/top"),
        () => open("${far}/open"),
        () => (document.cookie = "reached=1"),
        () => localStorage.setItem("reached", "1"),
        () => indexedDB.open("reached"),
        () => navigator.serviceWorker.register("${own}/sandbox.js"),
        () => void fetch("${far}/fetch", { mode: "no-cors" }),
        () => void fetch("${own}/config.json").then(() => (parent.document.title = "reached")),
        () => new WebSocket("${far.replace("http", "ws")}/socket"),
        () => new Image().src = "${far}/script-image.png",
        () => new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:1" }] }),
        () => document.forms[0].submit(),
        () => (location.href = "${far}/self"),
      ];
      for (const attempt of attempts) {
        try {
          attempt();
        } catch {
          // The next one.
        }
      }
    </script>
  </body>
</html>
`;
}

/** The same of a document whose body is a set of frames, which has no other. */
export function writeHostileFrameset(far: string): string {
  return `<!doctype html><title>Frames</title><frameset><frame src="${far}/frame"></frameset>`;
}
