// The levers: sliders in six groups, few at first and the rest a click or a search away; with each lever its schedule,
// and what the field table says of it.
"use strict";
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(properties))
      if (key in element) element[key] = value;
      else element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  Live.make = make;
  const rows = new Map();  // by path

  // A slider's places and the lever's values: money by the cube, so that small sums can be set as well as large ones.
  function scaleOf(lever) {
    const range = lever.high - lever.low;
    if ((lever.unit || "").startsWith("currency")) {
      const rounded = (value) => {
        const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
        return Math.min(lever.high, Math.max(lever.low, Math.round(value / step) * step));
      };
      return { places: 200, value: (p) => rounded(lever.low + range * (p / 200) ** 3),
        place: (v) => Math.round(200 * Math.cbrt((v - lever.low) / range)) };
    }
    const rough = range / 100, power = 10 ** Math.floor(Math.log10(rough));
    const whole = lever.unit === "schools";
    const step = whole ? 1 : [1, 2, 5].map((m) => m * power).filter((s) => s <= rough * 1.0001).pop();
    const places = Math.round(range / step);
    return { places, value: (p) => Number(Math.min(lever.high, lever.low + p * step).toFixed(6)),
      place: (v) => Math.round((v - lever.low) / step) };
  }

  // The one entry that the controls show; a lever with several keeps them until its value is moved.
  const shownEntry = (lever) => {
    const entries = Live.entries(lever.path);
    return entries.length ? entries[entries.length - 1] : { value: lever.status_quo };
  };
  const differs = (lever) => JSON.stringify(Live.written(Live.entries(lever.path))) !== "[]";

  function put(lever, part, what) {
    const { value, from, ramp, to, scope } = { ...shownEntry(lever), ...part };
    // At the status quo there is nothing to schedule.
    Live.setLever(lever.path, value === lever.status_quo ? [] : [{ value, from, ramp, to, scope }], what);
  }

  function makeRow(lever) {
    const id = `lever-${lever.path.replace(/\./g, "-")}`;
    const row = make("div", { className: "lever" });
    row.dataset.path = lever.path;
    const label = make("label", { htmlFor: id, textContent: Live.nameOf(lever.path) });
    const said = make("output", { id: `${id}-value`, className: "lever-value" });
    const before = make("p", { className: "lever-note", id: `${id}-note` });
    const about = make("button", { type: "button", className: "small about", textContent: "Details" });
    const back = make("button", { type: "button", className: "small", textContent: "Put back" });
    const more = make("div", { className: "lever-more", id: `${id}-more`, hidden: true });
    about.setAttribute("aria-expanded", "false");
    about.setAttribute("aria-controls", more.id);
    about.setAttribute("aria-label", `Details of ${Live.nameOf(lever.path)}: when, and what it means`);
    back.setAttribute("aria-label", `Put back: ${Live.nameOf(lever.path)}`);
    let input, track = null, mark = null;
    const scale = lever.type === "choice" ? null : scaleOf(lever);
    if (scale) {
      input = make("input", { type: "range", id, min: 0, max: scale.places, step: 1 });
      input.addEventListener("input", () => put(lever, { value: scale.value(Number(input.value)) }));
      mark = make("span", { className: "mark", title: "Status quo" });
      mark.setAttribute("aria-hidden", "true");
      mark.style.left = `${(100 * scale.place(lever.status_quo)) / scale.places}%`;
      track = make("div", { className: "track" }, mark, input);
    } else {
      input = make("select", { id });
      for (const choice of lever.choices) input.append(make("option", { value: choice,
        textContent: Live.valueWords(lever, choice) }));
      input.addEventListener("change", () => put(lever, { value: input.value }));
    }
    input.setAttribute("aria-describedby", before.id);
    about.addEventListener("click", () => {
      more.hidden = !more.hidden;
      about.setAttribute("aria-expanded", String(!more.hidden));
      if (!more.hidden && !more.childElementCount) fillMore(lever, more, id, scale);
      update(lever);
    });
    back.addEventListener("click", () => {
      Live.setLever(lever.path, Live.presetEntries(lever.path), null);
      input.focus();
    });
    row.append(make("div", { className: "lever-head" }, label, said, about), track || input,
      make("div", { className: "lever-tools" }, before, back), more);
    rows.set(lever.path, { lever, row, input, said, before, back, more, scale, about });
    return row;
  }

  function numberField(id, text, value, options, moved) {
    const input = make("input", { type: "number", id, ...options });
    if (value !== null && value !== undefined) input.value = value;
    input.addEventListener("change", () => {
      const typed = input.value.trim() === "" ? null : Number(input.value);
      if (typed !== null && (!Number.isFinite(typed) || !input.checkValidity())) input.reportValidity();
      else moved(typed);
    });
    return make("div", { className: "field" }, make("label", { htmlFor: id, textContent: text }), input);
  }

  function fillMore(lever, more, id, scale) {
    const years = Live.welcome.years[Live.welcome.years.length - 1], entry = shownEntry(lever);
    const fields = make("div", { className: "fields" });
    if (scale) fields.append(numberField(`${id}-exact`, "Exactly", entry.value, { min: lever.low, max: lever.high,
      step: "any" }, (v) => { if (v !== null) put(lever, { value: v }); }));
    fields.append(numberField(`${id}-from`, "From year", entry.from || 0, { min: 0, max: years, step: "any" },
      (v) => put(lever, { from: v || 0 })));
    // Between two choices there is nothing.
    if (scale) fields.append(numberField(`${id}-ramp`, "Reached over (years)", entry.ramp || 0, { min: 0, max: years,
      step: "any" }, (v) => put(lever, { ramp: v || 0 })));
    fields.append(
      numberField(`${id}-to`, "Until year", entry.to, { min: 0, step: "any", placeholder: "the end" },
        (v) => put(lever, { to: v === null ? undefined : v })));
    const line = make("div", { className: "timeline", id: `${id}-line` });
    line.setAttribute("role", "img");
    const facts = make("dl");
    const fact = (term, text) => facts.append(make("dt", { textContent: term }), make("dd", { textContent: text }));
    fact("Meaning", lever.meaning);
    if (scale) fact("Range", `${Live.valueWords(lever, lever.low)} to ${Live.valueWords(lever, lever.high)}`);
    else fact("Choices", lever.choices.map((c) => Live.valueWords(lever, c)).join(", "));
    fact("Status quo", Live.valueWords(lever, lever.status_quo));
    fact("Unit", lever.unit || "a choice");
    fact("Source", lever.source);
    fact("In a scenario", lever.path);
    more.append(fields, line, facts);
  }

  // The level over the years as a small line, drawn as the engine takes it.
  function drawTimeline(holder, lever, scale) {
    const years = Live.welcome.years, end = years[years.length - 1] || 1, entry = shownEntry(lever);
    const words = `Over the years: ${Live.planWords(lever, Live.entries(lever.path))}`;
    holder.setAttribute("aria-label", words);
    const high = (value) => 34 - (scale ? (28 * scale.place(value)) / scale.places
      : (28 * lever.choices.indexOf(value)) / Math.max(1, lever.choices.length - 1));
    const at = (year) => (240 * Math.min(end, year)) / end;
    const { from = 0, ramp = 0, to } = entry, y0 = high(lever.status_quo), y1 = high(entry.value);
    let path = `M0 ${y0}L${at(from)} ${y0}L${at(scale ? from + ramp : from)} ${y1}`;
    if (to !== undefined && to !== null && to !== "never" && to < end) path += `L${at(to)} ${y1}L${at(to)} ${y0}L240 ${y0}`;
    else path += `L240 ${y1}`;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 240 40");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    svg.append(line);
    holder.replaceChildren(svg, make("small", { textContent: `year 0 to year ${end}` }));
  }

  function update(lever) {
    const { row, input, said, before, back, more, scale, about } = rows.get(lever.path);
    const entries = Live.entries(lever.path), entry = shownEntry(lever);
    const edited = Boolean(Live.policy.levers[lever.path]);
    const words = Live.valueWords(lever, entry.value);
    if (scale) {
      if (document.activeElement !== input || scale.value(Number(input.value)) !== entry.value)
        input.value = scale.place(entry.value);
      input.setAttribute("aria-valuetext", words);
      said.textContent = words;
    } else {
      input.value = entry.value;
      said.textContent = "";
    }
    row.classList.toggle("edited", edited);
    row.classList.toggle("of-preset", !edited && differs(lever));
    const parts = [];
    if (differs(lever)) parts.push(`Status quo ${Live.valueWords(lever, lever.status_quo)}`);
    if (entries.length > 1) parts.push(`in ${entries.length} steps: ${Live.planWords(lever, entries)}`);
    else if (entries.length && (entry.from || entry.ramp || entry.scope || (entry.to && entry.to !== "never")))
      parts.push(Live.entryWords(lever, entry).replace(/^[^,]*, /, ""));
    if (waits(lever)) parts.push("waits: no school joins a network");
    before.textContent = parts.join("; ");
    back.hidden = !edited;
    const locked = Live.allowed !== null && !Live.allowed.has(lever.path);
    for (const control of row.querySelectorAll("input, select")) control.disabled = locked;
    back.disabled = locked;
    row.classList.toggle("locked", locked);
    about.textContent = more.hidden ? "Details" : "Close";
    if (!more.hidden) {
      const set = (part, value) => {
        const field = one(`#${input.id}-${part}`, more);
        if (field && document.activeElement !== field) field.value = value === undefined || value === null
          || value === "never" ? "" : value;
      };
      set("exact", entry.value);
      set("from", entry.from || 0);
      set("ramp", entry.ramp || 0);
      set("to", entry.to);
      drawTimeline(one(".timeline", more), lever, scale);
    }
  }
  const waits = (lever) => {
    if (!lever.path.startsWith("networks.") || lever.path === "networks.participation") return false;
    const joining = Live.lever("networks.participation");
    return Boolean(joining) && shownEntry(joining).value === "none";
  };

  function build() {
    // On a phone the groups are closed at first, so that the answer is not far below.
    const holder = one("#groups"), narrow = matchMedia("(max-width: 56rem)").matches;
    rows.clear();
    holder.replaceChildren(...Live.groups().map((group) => {
      const box = make("details", { className: "group", open: !narrow, id: `group-${group.name}` });
      const title = make("h3", { textContent: group.title });
      box.append(make("summary", {}, title));
      const first = group.levers.filter((l) => group.first.includes(l.path));
      const rest = group.levers.filter((l) => !first.includes(l));
      box.append(...first.map(makeRow));
      if (rest.length) box.append(make("details", { className: "rest" },
        make("summary", { textContent: `${rest.length} more ${rest.length === 1 ? "lever" : "levers"}` }), ...rest.map(makeRow)));
      return box;
    }));
    const presets = one("#presets");
    presets.querySelectorAll("label").forEach((label) => label.remove());
    const offered = Live.presets().map((p) => [p.name, p.title, p.description]);
    if (!offered.some(([name]) => name === Live.welcome.initial.preset) && !Live.welcome.initial.preset
      && Object.keys(Live.welcome.initial.levers).length) offered.unshift(["", Live.welcome.scenario.title, ""]);
    for (const [name, title, description] of offered) {
      const input = make("input", { type: "radio", name: "preset", value: name });
      input.addEventListener("change", () => (name ? Live.setPreset(name) : Live.reset()));
      presets.append(make("label", { className: "preset", title: description }, input, make("span", { textContent: title })));
    }
    const belief = one("#belief");
    belief.replaceChildren(...Live.welcome.beliefs.map((b) => make("option", { value: b.name,
      textContent: Live.beliefWords(b.name)[0] })));
    one("#beliefs").hidden = Live.welcome.beliefs.length < 2;
  }
  one("#belief").addEventListener("change", (event) => Live.setBelief(event.target.value));

  function updateAll() {
    for (const { lever } of rows.values()) update(lever);
    const locked = Live.allowed !== null;
    const plain = Live.welcome.presets.find((p) => !Object.keys(p.levers).length);
    const chosen = Live.policy.preset || (Object.keys(Live.policy.levers).length || !plain ? "" : plain.name);
    document.querySelectorAll("#presets input").forEach((input) => {
      input.checked = input.value === chosen;
      input.disabled = locked;
    });
    one("#belief").value = Live.belief;
    one("#belief").disabled = locked;
    [, one("#belief-about").textContent] = Live.beliefWords(Live.belief);
    changes();
  }

  // What was changed against the preset, in one line that never moves what is below it, and in full when it is opened.
  function changes() {
    const preset = Live.policy.preset && Live.preset(Live.policy.preset), against = preset ? preset.title : Live.baselineTitle();
    const edited = Object.keys(Live.policy.levers).map(Live.lever).filter(Boolean);
    const ofPreset = preset ? Live.welcome.levers.filter((lever) => preset.levers[lever.path]
      && Live.planWords(lever, preset.levers[lever.path]) !== Live.planWords(lever, [])) : [];
    one("#changes-short").textContent = edited.length
      ? `${edited.length} ${edited.length === 1 ? "lever" : "levers"} changed against ${against}: ` +
        edited.map((lever) => Live.nameOf(lever.path)).join(", ")
      : ofPreset.length ? `As in ${against}, which changes ${ofPreset.length} levers` : "No lever is changed";
    const item = (lever, words) => make("li", {}, make("strong", { textContent: `${Live.nameOf(lever.path)}: ` }), words);
    const list = (heading, items) => (items.length ? [make("h3", { textContent: heading }), make("ul", { className: "plan" }, ...items)] : []);
    one("#changes-list").replaceChildren(
      ...list(`Changed against ${against}`, edited.map((lever) => item(lever,
        `${Live.planWords(lever, Live.policy.levers[lever.path])}, instead of ${Live.planWords(lever, Live.presetEntries(lever.path))}`))),
      ...list(`What ${against} changes`, ofPreset.map((lever) => item(lever,
        `${Live.planWords(lever, preset.levers[lever.path])} (status quo ${Live.valueWords(lever, lever.status_quo)})`))),
      make("p", { className: "note", textContent: preset ? preset.description : "" }));
  }

  // Search by name, path or meaning: what is found is shown, wherever it is folded away.
  let folded = null;
  one("#find").addEventListener("input", () => {
    const words = one("#find").value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const boxes = [...document.querySelectorAll("#groups details")];
    if (words.length && !folded) folded = boxes.map((box) => box.open);
    let found = 0;
    for (const { lever, row } of rows.values()) {
      const text = `${Live.nameOf(lever.path)} ${lever.path} ${lever.meaning}`.toLocaleLowerCase();
      const hit = words.every((word) => text.includes(word));
      row.hidden = !hit;
      if (hit) ++found;
    }
    boxes.forEach((box, i) => {
      if (words.length) box.open = true;
      else if (folded) box.open = folded[i];
      box.hidden = words.length > 0 && !box.querySelector(".lever:not([hidden])");
    });
    if (!words.length) folded = null;
    one("#found").textContent = words.length ? `${found} found` : "";
  });

  Live.on("welcome", build);
  Live.on("state", (what) => { if (what === "policy") updateAll(); });
  Live.on("locks", updateAll);
  Live.showLever = (path) => {
    const found = rows.get(path);
    if (!found) return;
    for (let box = found.row.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    found.row.scrollIntoView({ block: "center" });
    found.input.focus({ preventScroll: true });
  };
})();
