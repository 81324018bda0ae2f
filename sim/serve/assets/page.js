// Starts the page: the toolbar, the keys, the link in the address, words on trouble; and what a guided exercise may do.
"use strict";
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const say = (text) => { one("#said").textContent = text; };

  Live.once = (event, listener) => {
    let done = false;
    Live.on(event, (...values) => {
      if (done) return;
      done = true;
      listener(...values);
    });
  };
  // Sets a state and waits for its settled answer; fails when it is refused or the connection is lost.
  Live.settle = (state) => new Promise((done, failed) => {
    Live.set(state);
    Live.ask();
    Live.once("settled", done);
    Live.once("trouble", (text) => failed(new Error(text)));
    Live.once("connection", () => failed(new Error("The connection was lost.")));
  });

  // ---- the toolbar

  const press = (id, act) => one(`#${id}`).addEventListener("click", act);
  press("undo", () => { Live.undo(); say("Undone."); });
  press("redo", () => { Live.redo(); say("Done again."); });
  press("reset", () => {
    Live.freshAxes();
    Live.reset();
    say("Back to the start. Undo brings your reform back.");
  });
  press("keep", () => {
    Live.keep();
    say("Kept: a line of its own in the charts, and a row under Kept results.");
  });
  press("link", async () => {
    remember();
    try {
      await navigator.clipboard.writeText(location.href);
      say("The link is copied. It opens this reform in any reformsim serve with the same schools.");
    } catch {
      say("The address of this page is the link: copy it from the browser's address bar.");
    }
  });
  press("save", async () => {
    try {
      const scenario = await Live.askScenario(Live.title(), ""), { name, text } = scenario;
      Live.saved = scenario;
      Live.figures.save(name, new Blob([text], { type: "application/yaml" }));
      say(`Saved as ${name}: reformsim run ${name} gives the same numbers.`);
    } catch (error) {
      trouble(error.message);
    }
  });
  press("large", () => {
    const large = document.documentElement.classList.toggle("large");
    one("#large").setAttribute("aria-pressed", String(large));
    Chart.defaults.font.size = Math.round(0.82 * parseFloat(getComputedStyle(document.documentElement).fontSize));
    Live.emit("shown");
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !Live.welcome) return;
    if (event.target.matches("input:not([type=range]):not([type=radio]), textarea")) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) Live.undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) Live.redo();
    else return;
    event.preventDefault();
  });
  function buttons() {
    const ready = Boolean(Live.welcome), locked = Live.allowed !== null;
    one("#undo").disabled = !ready || !Live.canUndo();
    one("#redo").disabled = !ready || !Live.canRedo();
    one("#reset").disabled = !ready || locked || Live.atStart();
    one("#keep").disabled = !Live.fan;
    one("#link").disabled = one("#save").disabled = !ready;
  }

  // ---- the address holds the state, after a short rest; the links of the page only scroll

  let timer = 0;
  function remember() {
    clearTimeout(timer);
    history.replaceState(null, "", `#${Live.fragment()}`);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    const target = document.getElementById(link.getAttribute("href").slice(1));
    event.preventDefault();
    if (!target) return;
    target.scrollIntoView();
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  });
  window.addEventListener("hashchange", () => {
    const link = Live.welcome && Live.read(location.hash.slice(1));
    if (link) Live.set({ ...Live.cleaned({ policy: link.found.policy }), belief: link.found.belief, view: link.found.view });
  });

  // ---- trouble, in words

  const box = one("#trouble");
  function trouble(text) {
    box.textContent = text;
    box.hidden = !text;
  }
  Live.on("trouble", trouble);
  Live.on("connection", (how, wait, reason) => {
    document.body.classList.toggle("lost", how === "lost");
    if (how === "open") {
      if (box.dataset.lost) trouble("");
      delete box.dataset.lost;
      one("#state").textContent = "Connected";
    } else {
      one("#state").textContent = "No connection";
      box.dataset.lost = "yes";
      trouble(`The program that answers this page cannot be reached${reason ? ` (${reason})` : ""}. It is tried again every few ` +
        "seconds; what you have set stays. If it was stopped, start reformsim serve again.");
    }
  });
  Live.on("welcome", () => {
    const { scenario, years } = Live.welcome;
    const count = (n, word) => `${Number(n).toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
    one("#scope").textContent = `${scenario.title}: ${count(scenario.schools, "school")} in ${count(scenario.districts, "district")}, ` +
      `${Live.yearWords(years[years.length - 1])}`;
    document.title = `Reform workshop: ${scenario.title}`;
    one("#version").textContent = Live.welcome.version;
  });
  let patience = 0;
  const title = () => {
    one("#state").textContent = Live.title() === Live.baselineTitle() ? "No reform yet"
      : `${Live.title()} against ${Live.baselineTitle()}`;
  };
  Live.on("state", (what) => {
    buttons();
    clearTimeout(timer);
    timer = setTimeout(remember, 400);
    title();
    if (what !== "policy") return;
    if (!box.dataset.lost) trouble("");
    Live.ask();
    clearTimeout(patience);
    patience = setTimeout(() => { one("#pairs-text").textContent = "Simulating …"; }, 300);
  });
  for (const event of ["fan", "trouble", "connection"]) Live.on(event, () => clearTimeout(patience));
  Live.on("fan", () => {
    buttons();
    if (Live.fan.replicates && !Live.fan.settled) document.body.dataset.state = "refining";
    else document.body.dataset.state = "settled";
  });
  Live.on("locks", buttons);

  // ---- for guided exercises: exercise.js fills #exercise-body and steers the page through these

  const PARTS = ["levers", "answer", "charts", "seen", "glance", "schools", "kept", "reading"];
  Live.exercise = {
    body: one("#exercise-body"),
    // Opens the place for an exercise under a heading, or closes it (null).
    open(heading) {
      one("#exercise").hidden = heading === null;
      one("#to-exercises").hidden = heading === null && !(Live.welcome && Live.welcome.exercises.length);
      if (heading !== null) one("#exercise-heading").textContent = heading;
    },
    // {policy: {preset, levers}, belief, view: {measure, year, colour, side}}; a promise of the settled answer.
    set: (state) => Live.settle(state),
    // The only levers that can be moved, by path; [] none; null all, presets and beliefs too.
    lock(paths) {
      Live.allowed = paths === null ? null : new Set(paths);
      Live.emit("locks");
    },
    // The only parts of the page to be seen (names of PARTS), so that an answer can be held back, and the only measures that
    // can be chosen for the charts, of which the first is shown; null: all.
    show(parts, measures = null) {
      Live.only = measures;
      Live.emit("measures");
      if (measures && measures.length && !measures.includes(Live.view.measure)) Live.look({ measure: measures[0] });
      for (const part of PARTS) {
        const hidden = parts !== null && !parts.includes(part);
        one(`#${part}`).hidden = hidden;
        document.querySelectorAll(`nav a[href="#${part}"]`).forEach((a) => { a.parentElement.hidden = hidden; });
      }
      one("#strip").hidden = one("#answer").hidden;
      document.body.classList.toggle("no-levers", one("#levers").hidden);
      Live.emit("shown");
    },
    parts: PARTS,
    // Brings a part, or a lever by its path, before the eyes.
    point(what) {
      if (PARTS.includes(what)) one(`#${what}`).scrollIntoView();
      else Live.showLever(what);
    },
    measure: (name) => Live.look({ measure: name }),
    result: () => Live.fan,
  };

  one("#find").value = "";
  Live.connect();
})();
