// Talks with the program that served the page: one WebSocket, opened again when it is lost. While an answer is on its
// way only the newest question waits, so that a slider can be pulled as fast as the hand likes.
"use strict";
(() => {
  let socket = null, number = 0, waiting = 0, wanted = false, tries = 0, timer = 0;
  let shown = null;  // the question whose answer is on the page, or on its way there
  const asked = new Map();  // what a "scenario" or a "map" is for, by id

  const send = (message) => socket.send(JSON.stringify(message));
  const policy = (of = Live.policy) => ({ ...(of.preset ? { preset: of.preset } : {}), levers: of.levers });
  const open = () => socket && socket.readyState === WebSocket.OPEN && Live.welcome;

  function ask() {
    if (!open()) return;
    wanted = false;
    waiting = ++number;
    shown = { id: number, policy: Live.policy, belief: Live.belief, at: performance.now(), first: true };
    send({ type: "ask", id: number, policy: policy(), belief: Live.belief, measures: Live.measures().map((m) => m.name) });
  }
  // At once when nothing is on its way, else as soon as that has come.
  Live.ask = () => {
    if (waiting) wanted = true;
    else ask();
  };
  Live.askMap = (year, columns) => {
    if (!open() || waiting || !shown) return 0;
    asked.set(++number, { map: shown.id });
    send({ type: "map", id: number, year, columns });
    return number;
  };
  // The scenario as text, for saving.
  Live.askScenario = (title, description) => new Promise((done, failed) => {
    if (!open()) return failed(new Error("There is no connection to the program."));
    asked.set(++number, { done, failed });
    send({ type: "save", id: number, policy: policy(), belief: Live.belief, title, description });
    return undefined;
  });

  const heard = {
    welcome(message) {
      tries = 0;
      Live.emit("connection", "open");
      waiting = 0;
      Live.begin(message, location.hash.slice(1));
    },
    fan(message) {
      if (!shown || message.id !== shown.id) return;
      if (message.preparing) {
        Live.emit("preparing", message);
        return;
      }
      if (waiting === message.id) waiting = 0;
      Live.fan = { ...message, policy: shown.policy, belief: shown.belief, wanted };
      Live.emit("fan", Live.fan);
      if (shown.first) Live.latency = performance.now() - shown.at;
      shown.first = false;
      if (message.settled && !wanted) Live.emit("settled", Live.fan);
      if (wanted) ask();
    },
    map(message) {
      const question = asked.get(message.id);
      asked.delete(message.id);
      Live.emit("map", message, Boolean(question && shown && question.map === shown.id));
    },
    scenario(message) {
      const question = asked.get(message.id);
      asked.delete(message.id);
      if (question && question.done) question.done(message);
    },
    problem(message) {
      const words = (message.problems || []).map((p) => (p.path ? `${Live.nameOf(p.path)}: ` : "") + p.message);
      const question = asked.get(message.id);
      asked.delete(message.id);
      if (question && question.failed) question.failed(new Error(words.join(" ")));
      else if (!question) Live.emit("trouble", words.join(" "), message.problems);
      if (message.id === waiting) {
        waiting = 0;
        if (wanted) ask();
      }
    },
    limit(message) { Live.emit("trouble", message.message); },
  };

  function connect() {
    clearTimeout(timer);
    const address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`;
    socket = new WebSocket(address);
    socket.onopen = () => send({ type: "hello", protocol: 1 });
    socket.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (heard[message.type]) heard[message.type](message);
    };
    socket.onclose = (event) => {
      waiting = 0;
      for (const question of asked.values()) if (question.failed) question.failed(new Error("The connection was lost."));
      asked.clear();
      const wait = Math.min(10, 0.5 * 2 ** tries++);
      Live.emit("connection", "lost", wait, event.reason);
      timer = setTimeout(connect, 1000 * wait);
    };
  }
  Live.connect = connect;
  // A lost connection is tried again at once when somebody comes back to the page.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && socket && socket.readyState === WebSocket.CLOSED) connect();
  });
})();
