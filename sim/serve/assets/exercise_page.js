// The guided exercises' place on the live page: the list of them, their questions to the program, their charts, and the
// rest of the page held back while one is on. Questions go over a connection of their own, so that what the page itself
// has asked stays as it is.
"use strict";
(() => {
  const { LOOKS, lineOf, band, overYears } = ChartKit;
  const asked = location.hash;  // before the page writes its own state there
  const make = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // ---- questions to the program

  const asking = (() => {
    let socket = null, number = 0, now = null;
    const waiting = [];
    function next() {
      if (now || !waiting.length) return;
      if (!socket || socket.readyState > WebSocket.OPEN) return connect();
      if (socket.readyState !== WebSocket.OPEN) return undefined;
      now = { ...waiting.shift(), id: ++number };
      const { question } = now;
      socket.send(JSON.stringify({ type: "ask", id: now.id, policy: { levers: question.levers },
        ...(question.belief ? { belief: question.belief } : {}), measures: question.measures }));
      return undefined;
    }
    function connect() {
      socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
      socket.onopen = () => socket.send(JSON.stringify({ type: "hello", protocol: 1 }));
      socket.onmessage = (event) => {
        const message = JSON.parse(event.data);
        if (message.type === "welcome") next();
        if (!now || message.id !== now.id) return;
        if (message.type === "problem") {
          const { heard } = now;
          now = null;
          heard({ problem: message.problems.map((one) => one.message).join(" ") });
          next();
        } else if (message.type === "fan" && message.replicates) {
          const { heard } = now;
          if (message.settled) now = null;
          heard(message);
          if (message.settled) next();
        }
      };
      // What was on its way is asked again when the program is back.
      socket.onclose = () => {
        if (now) waiting.unshift({ question: now.question, heard: now.heard });
        now = null;
        if (waiting.length) setTimeout(next, 1000);
      };
    }
    return (question, heard) => {
      waiting.push({ question, heard });
      next();
    };
  })();

  // ---- charts: those of the page, with as many lines as there are scenarios

  const charts = new WeakMap();
  const host = {
    ask: asking,
    measure: (name) => Live.welcome.measures.find((one) => one.name === name),
    beliefs: () => Live.welcome.beliefs.map((one) => one.name),
    years: () => Live.welcome.years[Live.welcome.years.length - 1],

    lines(place, picture) {
      const { title, unit, scale, zero, mark, series, words } = picture;
      if (!series.length) return;
      const years = series[0].year, upto = years.filter((year) => year <= mark + 1e-9).length;
      const cut = (values) => values.slice(0, upto).map((v) => (v === null || v === undefined ? null : v * scale));
      const datasets = [
        ...series.flatMap((one) => band(LOOKS[one.look % LOOKS.length], years.slice(0, upto), cut(one.low), cut(one.high), 0.14)),
        ...series.map((one) => lineOf(LOOKS[one.look % LOOKS.length], one.label, years.slice(0, upto), cut(one.mean)))];
      const config = overYears(years, datasets, unit, { zeroLine: zero });
      let chart = charts.get(place);
      if (!chart) {
        const canvas = make("canvas", { role: "img" });
        place.replaceChildren(make("figure", { class: "chart" }, make("figcaption", {}, title),
          make("div", { class: "canvas low" }, canvas)));
        chart = new Chart(canvas, { ...config, plugins: ChartKit.plugins });
        charts.set(place, chart);
      } else {
        chart.data = config.data;
        chart.update();
      }
      chart.canvas.setAttribute("aria-label", `${title}, over the years to year ${mark}. ${words}`);
    },

    // The page's own map of the schools, with this scenario.
    map(place, question, year, column, label) {
      place.replaceChildren(make("p", { class: "note" }, `The map of the schools below shows what changes by this: ${label}, year ${year}.`));
      Live.exercise.show(["schools"]);
      return Live.exercise.set({ policy: { preset: null, levers: question.levers }, view: { colour: column, year,
        side: "difference" } }).then(() => Live.exercise.point("schools"));
    },
    // Nothing but the exercise.
    plain() { Live.exercise.show([]); },
    // Leaves the exercise, with a scenario's levers set to play with.
    take(question) {
      close();
      Live.set({ policy: { preset: null, levers: question.levers } });
    },
  };

  // ---- the list, and one at a time

  // Which exercise is on, for a page that is loaded again.
  const remember = (name) => {
    try {
      if (name) sessionStorage.setItem("reformsim.exercise", name);
      else sessionStorage.removeItem("reformsim.exercise");
    } catch {
      // Then it begins with the list.
    }
  };
  const remembered = () => {
    try {
      return sessionStorage.getItem("reformsim.exercise");
    } catch {
      return null;
    }
  };

  let open = null;
  function close() {
    if (open) open.close();
    open = null;
    Live.exercise.lock(null);
    Live.exercise.show(null);
    list();
  }
  function start(exercise) {
    Live.exercise.open(`Exercise: ${exercise.driver}`);
    Live.exercise.lock([]);
    Live.exercise.show([]);
    const { body } = Live.exercise, root = make("div", { class: "exercise" });
    const leave = make("button", { type: "button", class: "exercise-leave" }, "Leave the exercise");
    leave.addEventListener("click", close);
    body.replaceChildren(leave, root);
    const { schools } = Live.welcome.scenario;
    if (host.years() < exercise.years)
      body.insertBefore(make("p", { class: "warning" }, `This exercise looks ${exercise.years} years ahead, and the program ` +
        `simulates ${host.years()}. Start it with --set horizon.years=${exercise.years}.`), root);
    else if (Math.abs(schools - exercise.schools) > 0.2 * exercise.schools)
      body.insertBefore(make("p", { class: "note" }, `The exercise was tried with ${exercise.schools} schools; here are ` +
        `${schools}. Numbers will differ somewhat.`), root);
    open = openExercise(root, exercise, host);
    root.querySelector(".exercise-title").focus();
    document.body.dataset.exercise = exercise.name;
    remember(exercise.name);
  }
  function list() {
    delete document.body.dataset.exercise;
    remember(null);
    const exercises = Live.welcome.exercises;
    if (!exercises.length) return;
    Live.exercise.open("Guided exercises");
    const items = exercises.map((exercise) => {
      const button = make("button", { type: "button", "data-exercise": exercise.name }, exercise.title);
      button.addEventListener("click", () => start(exercise));
      return make("li", {}, button, make("span", {}, ` ${exercise.driver}. ${exercise.minutes} minutes. ${exercise.aim}`));
    });
    const hide = make("button", { type: "button" }, "Put the exercises away");
    hide.addEventListener("click", () => Live.exercise.open(null));
    Live.exercise.body.replaceChildren(make("p", {}, "Commit to a prediction, watch the model, find out why."),
      make("ul", { class: "exercise-list" }, ...items), hide);
  }
  Live.on("welcome", (again) => {
    if (again) return;
    Live.exercise.open(null);
    const link = /^#exercise\/(\w+)$/.exec(asked), name = link ? link[1] : remembered();
    const wanted = Live.welcome.exercises.find((one) => one.name === name);
    if (wanted) start(wanted);
  });
  document.querySelector("#to-exercises a").addEventListener("click", () => { if (!open) list(); });
})();
