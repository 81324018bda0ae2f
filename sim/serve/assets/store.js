// What the user has set, what has been undone, and the link that holds it. The other files of the page listen:
// "welcome" when the program has said what it is, "state" when a lever, the belief or the view has changed, "fan",
// "settled", "map", "trouble" and "connection".
"use strict";
const Live = (() => {
  const listeners = new Map();
  const on = (event, listener) => {
    if (!listeners.has(event)) listeners.set(event, []);
    listeners.get(event).push(listener);
  };
  const emit = (event, ...values) => (listeners.get(event) || []).forEach((listener) => listener(...values));

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const live = {
    on, emit,
    welcome: null,  // what the program said of itself
    fan: null,      // the newest answer
    policy: { preset: null, levers: {} },  // levers: only what differs from the preset; lists of entries by path
    belief: null,
    view: { measure: "true_attainment_mean", year: null, colour: "true_score", side: "reform", stand: "packed" },
    kept: [],
    only: null,     // by an exercise: the only measures that can be chosen
    allowed: null,  // by an exercise: the only levers that can be moved, a set of paths
  };
  let past = [], future = [], last = { what: null, at: 0 };

  live.preset = (name) => live.welcome.presets.find((p) => p.name === name);
  live.lever = (path) => live.welcome.levers.find((l) => l.path === path);
  live.presetEntries = (path) => {
    const preset = live.preset(live.policy.preset);
    return (preset && preset.levers[path]) || [];
  };
  // The entries that hold for a lever now; none: the status quo.
  live.entries = (path) => live.policy.levers[path] || live.presetEntries(path);

  const snapshot = () => JSON.stringify({ policy: live.policy, belief: live.belief });
  // Steps of one movement are undone together: those of the same lever while the pointer is down, or within a second.
  let held = false;
  addEventListener("pointerdown", () => { held = true; last.what = null; }, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { held = false; }, true);
  function change(what, make) {
    const before = snapshot(), now = performance.now();
    make();
    if (snapshot() === before) return;
    if (what === null || last.what !== what || (!held && now - last.at > 1000)) past.push(before);
    if (past.length > 200) past.shift();
    last = { what, at: now };
    future = [];
    emit("state", "policy");
  }
  function go(from, to) {
    if (!from.length) return;
    to.push(snapshot());
    Object.assign(live, JSON.parse(from.pop()));
    last = { what: null, at: 0 };
    emit("state", "policy");
  }
  live.undo = () => go(past, future);
  live.redo = () => go(future, past);
  live.canUndo = () => past.length > 0;
  live.canRedo = () => future.length > 0;

  const written = (entry) => {
    const short = { value: entry.value };
    if (entry.from) short.from = entry.from;
    if (entry.ramp) short.ramp = entry.ramp;
    if (entry.to !== undefined && entry.to !== null && entry.to !== "never") short.to = entry.to;
    if (entry.scope) short.scope = entry.scope;
    return short;
  };
  live.written = (entries) => entries.map(written);
  live.setLever = (path, entries, what = path) => change(what, () => {
    const next = live.written(entries), levers = { ...live.policy.levers };
    if (same(next, live.written(live.presetEntries(path)))) delete levers[path];
    else levers[path] = next;
    live.policy = { ...live.policy, levers };
  });
  live.setPreset = (name) => change(null, () => { live.policy = { preset: name, levers: {} }; });
  live.setBelief = (name) => change(null, () => { live.belief = name; });
  // Any part of the state at once, as one step: by an exercise, a link or a kept result.
  live.set = ({ policy, belief, view }) => {
    change(null, () => {
      if (policy) live.policy = { preset: policy.preset || null, levers: { ...policy.levers } };
      if (belief) live.belief = belief;
    });
    if (view) live.look(view);
  };
  live.start = () => ({ policy: live.welcome.initial, belief: live.welcome.beliefs[0].name });
  live.reset = () => live.set(live.start());
  live.atStart = () => same({ policy: live.policy, belief: live.belief }, cleaned(live.start()));
  live.look = (view) => {
    live.view = { ...live.view, ...view };
    emit("state", "view");
  };

  // ---- the link: the state in the fragment of the address, which never goes to a server

  const letters = (entry) => [`${entry.value}`, ...["from", "ramp", "to"].filter((key) => entry[key] !== undefined)
    .map((key) => `${key}:${entry[key]}`)].join(",");
  live.fragment = () => {
    const parts = new URLSearchParams();
    parts.set("preset", live.policy.preset || "none");
    parts.set("belief", live.belief);
    for (const [key, value] of Object.entries(live.view)) if (value !== null) parts.set(key, value);
    for (const [path, entries] of Object.entries(live.policy.levers))
      parts.set(path, entries.some((e) => e.scope) ? JSON.stringify(entries) : entries.map(letters).join(";"));
    return parts.toString();
  };
  const value = (text) => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : text);
  function entriesOf(text) {
    if (text.startsWith("[")) return JSON.parse(text);
    return text.split(";").filter(Boolean).map((part) => {
      const [first, ...rest] = part.split(","), entry = { value: value(first) };
      for (const pair of rest) {
        const [key, number] = pair.split(":");
        if (["from", "ramp", "to"].includes(key)) entry[key] = value(number);
      }
      return entry;
    });
  }
  // What a fragment says, and in words what of it is not known here; null where it is none of ours.
  live.read = (fragment) => {
    if (!fragment.includes("=")) return null;
    const found = { policy: { preset: null, levers: {} }, view: {} }, unknown = [];
    for (const [key, text] of new URLSearchParams(fragment)) {
      if (key === "preset") {
        if (live.preset(text)) found.policy.preset = text;
        else if (text !== "none") unknown.push(`a preset ${text}`);
      } else if (key === "belief") {
        if (live.welcome.beliefs.some((b) => b.name === text)) found.belief = text;
        else unknown.push(`a belief set ${text}`);
      } else if (key === "measure") {
        if (live.welcome.measures.some((m) => m.name === text)) found.view.measure = text;
      } else if (key === "year") {
        found.view.year = Number.isFinite(Number(text)) ? Number(text) : null;
      } else if (["colour", "side", "stand"].includes(key)) {
        found.view[key] = text;
      } else if (live.lever(key)) {
        try {
          found.policy.levers[key] = entriesOf(text);
        } catch {
          unknown.push(`a value of ${key}`);
        }
      } else {
        unknown.push(`a lever ${key}`);
      }
    }
    return { found, unknown };
  };
  function cleaned({ policy, belief }) {
    const levers = {};
    for (const [path, given] of Object.entries(policy.levers || {})) {
      const list = Array.isArray(given) ? given : [typeof given === "object" ? given : { value: given }];
      levers[path] = live.written(list);
    }
    return { policy: { preset: policy.preset || null, levers }, belief };
  }
  live.cleaned = cleaned;
  // The first state, from the link or from the scenario, is nothing to undo; after a restart the user's stays.
  live.begin = (welcome, fragment) => {
    const again = live.welcome !== null;
    live.welcome = welcome;
    welcome.initial = cleaned({ policy: welcome.initial, belief: "" }).policy;
    let unknown = [];
    if (!again) {
      Object.assign(live, cleaned(live.start()));
      live.view.year = welcome.years[welcome.years.length - 1];
      if (!welcome.measures.some((m) => m.name === live.view.measure)) live.view.measure = welcome.measures[0].name;
      const link = live.read(fragment);
      if (link) {
        live.policy = cleaned({ policy: link.found.policy, belief: "" }).policy;
        live.belief = link.found.belief || live.belief;
        live.view = { ...live.view, ...link.found.view };
        unknown = link.unknown;
      }
    }
    emit("welcome", again);
    emit("state", "policy");
    if (unknown.length)
      emit("trouble", `The link names ${unknown.join(", ")}, which this program does not know. The rest of it holds.`);
  };
  return live;
})();
