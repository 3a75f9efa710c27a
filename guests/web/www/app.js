// What the page of a cell can do: fetch, server-sent events, a WebSocket.
const show = (id, text) => (document.getElementById(id).textContent += text);

const visits = await fetch("/visits");
document.getElementById("visits").textContent = await visits.text();

const events = new EventSource("/events");
events.onmessage = ({ data }) => show("events", `${data} `);
// The stream has an end here; a browser would ask for it again.
events.onerror = () => events.close();

const socket = new WebSocket(new URL("/socket", location.href.replace(/^http/, "ws")));
socket.onopen = () => socket.send("hello");
socket.onmessage = ({ data }) => (document.getElementById("socket").textContent = data);
