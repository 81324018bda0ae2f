// A guided exercise on the live page: scene, prediction, reveal step by step, the chain of causes, debrief, evidence,
// and when it would not happen. All numbers come from the engine while people watch; nothing is computed beforehand.
//
//   openExercise(root, exercise, host)
//
// draws into the element `root` and returns {close}. `exercise` is one of the welcome message's; `host` is the page
// (exercise_page.js):
//   host.ask(question, onAnswer)  question {levers, belief, measures}; onAnswer is called with each better answer: a "fan"
//                                 of the protocol, or {problem} in words
//   host.lines(element, picture)  draws {title, unit, scale, zero, mark, words, series: [{label, look, year, mean, low,
//                                 high}]}; `mark` is the year up to which it is drawn
//   host.map(element, question, year, column, label) shows the map of the schools
//   host.plain()                  shows nothing but the exercise
//   host.take(question)           leaves the exercise, with these levers set
//   host.measure(name)            {unit, meaning}
//   host.beliefs()                names of the beliefs the program knows
"use strict";
const openExercise = (() => {
  const KEY = "reformsim.exercise.";

  // ---- small things

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "onclick" || key === "onchange" || key === "oninput") made.addEventListener(key.slice(2), value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };
  // A blank line parts paragraphs.
  const paragraphs = (text) => text.split(/\n[ \t]*\n/).filter((part) => part.trim())
    .map((part) => element("p", {}, part.replace(/\s+/g, " ").trim()));
  const list = (value) => (Array.isArray(value) ? value : [value]);

  // What is remembered of a room that reloads the page; a browser may refuse to remember.
  const recall = (name) => {
    try {
      return JSON.parse(localStorage.getItem(KEY + name)) || {};
    } catch {
      return {};
    }
  };
  const remember = (name, state) => {
    try {
      localStorage.setItem(KEY + name, JSON.stringify(state));
    } catch {
      // Then a reload begins again.
    }
  };

  const { words, units, holdsWords, Engine, scenariosOf, within } = ExerciseEngine;

  // ---- the exercise

  return (root, exercise, host) => {
    const engine = new Engine(exercise, host);
    const stages = ["scene", "prediction", ...exercise.reveal.map((_, k) => `reveal-${k + 1}`), "answer", "chain",
      "debrief", "sure", "evidence", "unless"];
    const names = { scene: "The scene", prediction: "Your prediction", answer: "Prediction and result", chain: "Why",
      debrief: "Talk about it", sure: "How sure the model is", evidence: "The evidence",
      unless: "When it would not happen" };
    exercise.reveal.forEach((step, k) => { names[`reveal-${k + 1}`] = step.title; });
    const state = { stage: "scene", prediction: null, ...recall(exercise.name) };
    if (!stages.includes(state.stage)) state.stage = "scene";
    if (state.prediction === null && stages.indexOf(state.stage) > 1) state.stage = "prediction";

    const title = (name) => exercise.scenarios[name].title;
    const order = Object.keys(exercise.scenarios).filter((name) => name !== exercise.baseline);
    const look = (name) => (name === exercise.baseline ? 0 : 1 + order.indexOf(name));
    const label = (measure) => exercise.labels[measure] || measure;
    const unitOf = (measure) => host.measure(measure).unit;
    const quantityWords = (q, value) => (q.over ? (Number.isFinite(value) ? value.toFixed(2) : "not defined")
      : words(unitOf(q.measure), value, Boolean(q.against || q.less || q.since !== undefined)));

    // Months beside SD of what pupils know.
    const monthsWords = (q, value) => (!q.over && q.measure === "true_attainment_mean" && Number.isFinite(value)
      ? ` (${Math.abs(Live.months(value)).toFixed(1)} months of learning ${value < 0 ? "less" : "more"})` : "");

    const body = element("div", { class: "exercise-body" });
    const progress = element("ol", { class: "exercise-progress" });
    const live = element("p", { class: "exercise-live", "aria-live": "polite" });
    const back = element("button", { type: "button", onclick: () => go(-1) }, "Back");
    const next = element("button", { type: "button", class: "main", onclick: () => go(1) }, "Next");
    const again = element("button", { type: "button", onclick: restart }, "Begin again");
    root.replaceChildren(
      element("h2", { class: "exercise-title", tabindex: "-1" }, exercise.title),
      element("p", { class: "exercise-aim" }, exercise.aim),
      element("div", { role: "group", "aria-label": "Stages of the exercise" }, progress),
      body, live, element("div", { class: "exercise-buttons" }, back, next, again));

    const say = (text) => { live.textContent = text; };
    const save = () => remember(exercise.name, state);

    function restart() {
      Object.assign(state, { stage: "scene", prediction: null });
      save();
      show(true);
    }

    function go(step) {
      const at = stages.indexOf(state.stage) + step;
      if (at < 0 || at >= stages.length) return;
      if (step > 0 && state.stage === "prediction" && state.prediction === null) return;
      state.stage = stages[at];
      save();
      show(true);
    }

    // Nobody can look ahead of the prediction, and nobody needs to go through everything again.
    const named = (stage) => (stage.startsWith("reveal") && state.prediction === null ? "?" : names[stage]);
    function drawProgress() {
      const at = stages.indexOf(state.stage);
      progress.replaceChildren(...stages.map((stage, k) => {
        const open = k <= 1 || state.prediction !== null;
        return element("li", {}, element("button", { type: "button", disabled: !open,
          "aria-current": k === at ? "step" : null, onclick: () => { state.stage = stage; save(); show(true); } },
        named(stage)));
      }));
      back.disabled = at === 0;
      next.disabled = at === stages.length - 1 || (state.stage === "prediction" && state.prediction === null);
      next.textContent = at === stages.length - 1 ? "The end" : `Next: ${named(stages[at + 1])}`;
    }

    let drawing = 0;  // what is drawn for an older stage is dropped
    function show(focus) {
      drawing += 1;
      host.plain();
      drawProgress();
      say("");
      const heading = element("h3", { tabindex: "-1" }, names[state.stage]);
      const content = element("div", {});
      body.replaceChildren(heading, content);
      body.dataset.stage = state.stage;
      delete body.dataset.settled;
      const reveal = /^reveal-(\d+)$/.exec(state.stage);
      if (reveal) showStep(content, exercise.reveal[Number(reveal[1]) - 1], drawing);
      else makers[state.stage](content, drawing);
      if (focus) heading.focus();
    }

    // Runs what is needed and calls `draw` with every better answer.
    function compute(scenarios, belief, ticket, draw) {
      say("The model is running.");
      return engine.answers(scenarios, belief, (all) => { if (ticket === drawing) draw(all, false); })
        .then((all) => {
          if (ticket !== drawing) return;
          draw(all, true);
          say("");
          body.dataset.settled = "1";
        })
        .catch((error) => { if (ticket === drawing) say(`The model gave no answer: ${error.message}`); });
    }

    // A table that becomes cards on a phone; `rows` hold elements or texts, the first of each the row's head, and a cell is
    // a td already where something is to be known of it.
    function cards(caption, heads, rows) {
      const table = element("table", { class: "cards", role: "table" }, element("caption", {}, caption), element("thead", {},
        element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))));
      table.append(element("tbody", {}, ...rows.map(([head, ...cells]) => element("tr", { role: "row" },
        element("th", { scope: "row", role: "rowheader" }, head), ...cells.map((cell, k) => {
          const box = cell.tagName === "TD" ? cell : element("td", {}, element("div", {}, ...list(cell)));
          box.setAttribute("role", "cell");
          box.dataset.label = heads[k + 1];
          return box;
        })))));
      return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption }, table);
    }

    function numbersTable(caption, scenarios, measures, year) {
      const cells = {};
      const table = cards(caption, [`in year ${year}`, ...scenarios.map(title)], measures.map((measure) => [label(measure),
        ...scenarios.map((name) => {
          cells[`${measure}/${name}`] = element("td", { "data-measure": measure, "data-scenario": name },
            element("div", {}, "..."));
          return cells[`${measure}/${name}`];
        })]));
      const fill = (all) => {
        for (const measure of measures)
          for (const name of scenarios) {
            const value = engine.level(all, name, measure, year);
            const cell = cells[`${measure}/${name}`];
            if (!Number.isFinite(value)) continue;
            cell.dataset.value = value;
            const parts = [words(unitOf(measure), value, false)];
            if (name !== exercise.baseline) {
              const base = engine.level(all, exercise.baseline, measure, year);
              parts.push(element("small", {}, ` (${words(unitOf(measure), value - base, true)})`));
            }
            cell.firstChild.replaceChildren(...parts);
          }
      };
      return { table, fill };
    }

    function showStep(content, step, ticket) {
      content.append(...paragraphs(step.text));
      if (step.chart === "map") {
        const name = step.scenarios[step.scenarios.length - 1], place = element("div", { class: "exercise-map" });
        content.append(place);
        host.map(place, engine.question(name), step.year, step.measures[0], title(name)).then(() => {
          if (ticket === drawing) body.dataset.settled = "1";
        });
        return;
      }
      const scenarios = [...new Set([exercise.baseline, ...step.scenarios])];
      const table = numbersTable("What the model shows; in brackets against the baseline", scenarios, step.measures,
        step.year);
      const charts = step.measures.map((measure) => ({ measure, place: element("div", { class: "exercise-chart" }) }));
      content.append(...charts.map((chart) => chart.place), table.table);
      compute(scenarios, undefined, ticket, (all) => {
        for (const { measure, place } of charts) {
          const difference = step.chart === "difference";
          const { scale, level } = units(unitOf(measure));
          const drawn = scenarios.filter((name) => !difference || name !== exercise.baseline)
            .map((name) => ({ name, series: engine.series(all, name, measure) })).filter((one) => one.series)
            .map(({ name, series }) => ({ label: title(name), look: look(name), year: series.year,
              ...(difference ? { mean: series.against.mean, low: series.against.band_low, high: series.against.band_high }
                : { mean: series.mean, low: series.low, high: series.high }) }));
          const ends = scenarios.map((name) => `${title(name)} ${words(unitOf(measure),
            engine.level(all, name, measure, step.year), false)}`);
          host.lines(place, { title: difference ? `${label(measure)}: difference to ${title(exercise.baseline)}`
            : label(measure), scale, zero: difference, mark: step.year, series: drawn,
          unit: (level === "%" && difference ? "points" : level.trim()), words: `${ends.join("; ")}.` });
        }
        table.fill(all);
      });
    }

    const makers = {
      scene(content) {
        content.append(...paragraphs(exercise.situation),
          element("p", { class: "note" }, `${exercise.audience}. About ${exercise.minutes} minutes.`));
      },

      prediction(content) {
        const p = exercise.prediction;
        const committed = state.prediction !== null;
        const form = element("form", { class: "exercise-prediction" });
        const legend = element("legend", {}, p.question);
        const group = element("fieldset", { disabled: committed }, legend);
        let chosen = state.prediction;
        const commit = element("button", { type: "submit", class: "main", disabled: committed || chosen === null },
          committed ? "Committed" : "Commit to this");
        if (p.slider) {
          const { low, high, step } = p.slider;
          const start = committed ? chosen : (low + high) / 2;
          const shown = element("output", {}, quantityWords(p.about, start));
          const slider = element("input", { type: "range", min: low, max: high, step, value: start,
            "aria-label": p.question, "aria-valuetext": quantityWords(p.about, start), oninput: (event) => {
              chosen = Number(event.target.value);
              shown.textContent = quantityWords(p.about, chosen);
              event.target.setAttribute("aria-valuetext", shown.textContent);
              commit.disabled = false;
            } });
          group.append(element("div", { class: "exercise-slider" },
            element("span", {}, quantityWords(p.about, low)), slider, element("span", {}, quantityWords(p.about, high))),
          element("p", { class: "exercise-guess" }, "Your guess: ", shown));
        } else {
          p.options.forEach((option, k) => group.append(element("label", { class: "exercise-option" },
            element("input", { type: "radio", name: "prediction", value: k, checked: chosen === k,
              onchange: () => { chosen = k; commit.disabled = false; } }), " ", option.text)));
        }
        form.append(group, commit, element("p", { class: "note" }, committed
          ? "You have committed; the result is on the next pages."
          : "Once you commit it stays. The results open after that, not before."));
        form.addEventListener("submit", (event) => {
          event.preventDefault();
          if (chosen === null || committed) return;
          state.prediction = chosen;
          save();
          show(false);
          say("Committed. The results are open now.");
          next.focus();
        });
        content.append(form);
      },

      answer(content, ticket) {
        const p = exercise.prediction;
        const yours = p.slider ? quantityWords(p.about, state.prediction) : p.options[state.prediction].text;
        const result = element("p", { class: "exercise-result" }, "...");
        const verdict = element("p", { class: "exercise-verdict" });
        content.append(element("p", {}, element("strong", {}, p.question)),
          element("p", {}, "You said: ", element("strong", {}, yours)), result, verdict);
        compute(scenariosOf(p.about), undefined, ticket, (all, settled) => {
          const value = engine.quantity(all, p.about);
          result.replaceChildren("The model, here and now: ", element("strong", {}, quantityWords(p.about, value)),
            monthsWords(p.about, value));
          result.dataset.value = value;
          if (!settled) return;
          if (p.slider) {
            const off = Math.abs(value - state.prediction);
            verdict.textContent = off <= 1.5 * p.slider.step ? "Your guess was right, near enough."
              : `Your guess was ${value > state.prediction ? "too low" : "too high"} by ${p.about.over ? off.toFixed(2)
                : words(unitOf(p.about.measure), off, true).replace("+", "")}.`;
          } else {
            const right = p.options.findIndex((option) => within(value, option));
            verdict.textContent = right === state.prediction ? "You were right."
              : right < 0 ? "None of the answers fits." : `The answer that fits: ${p.options[right].text}.`;
            const found = right >= 0 && p.options[right].found.calibrated;
            if (found) verdict.append(` The model gives this answer ${holdsWords(found)}.`);
          }
          content.append(...paragraphs(p.afterwards));
        });
      },

      chain(content, ticket) {
        const { scenario, against, year, links } = exercise.chain;
        content.append(element("p", {}, `${title(scenario)} against ${title(against)}, in year ${year}. Read it from the `
          + "top: what pulls what?"));
        const items = links.map((link) => {
          const value = element("span", { class: "value", "data-measure": link.measure }, "...");
          return { link, value, item: element("li", {}, element("strong", {}, label(link.measure)), value,
            element("p", {}, link.says)) };
        });
        content.append(element("ol", { class: "chain" }, ...items.map((one) => one.item)));
        compute([scenario, against], undefined, ticket, (all) => {
          for (const { link, value } of items) {
            const a = engine.level(all, scenario, link.measure, year);
            const b = engine.level(all, against, link.measure, year);
            if (!Number.isFinite(a) || !Number.isFinite(b)) continue;
            const unit = unitOf(link.measure);
            const way = Math.abs(a - b) < 1e-9 ? "same as" : a > b ? "up from" : "down from";
            value.dataset.value = a;
            value.replaceChildren(words(unit, a, false), element("small", {}, ` ${way} ${words(unit, b, false)}`));
          }
        });
      },

      debrief(content) {
        content.append(element("ol", { class: "exercise-questions" }, ...exercise.debrief.map((one) =>
          element("li", {}, element("p", {}, one.question),
            element("details", {}, element("summary", {}, "What to listen for"), element("p", {}, one.listen))))));
      },

      sure(content) {
        content.append(element("p", {}, "What this exercise relies on, tried over all sets of parameters that survived the "
          + "calibration, and under the two beliefs at the ends of the evidence."));
        const yes = (found) => (!found ? "not tried" : found.holds === found.sets ? "yes" : "no");
        const rows = exercise.effects.map((effect) => {
          const { calibrated, sceptical, optimistic } = effect.found;
          const size = calibrated ? [quantityWords(effect.quantity, calibrated.median), element("small", {},
            ` (${quantityWords(effect.quantity, calibrated.low)} to ${quantityWords(effect.quantity, calibrated.high)})`)]
            : ["not tried"];
          return [effect.says, calibrated ? holdsWords(calibrated) : "not tried", size, yes(sceptical), yes(optimistic)];
        });
        content.append(cards("How robust it is", ["statement", "holds", "size (nine in ten sets)", "sceptical of networks",
          "optimistic of networks"], rows));
      },

      evidence(content) {
        const side = (heading, findings) => element("div", {}, element("h4", {}, heading), element("ul", {},
          ...findings.map((one) => element("li", {}, one.finding, " ", element("cite", {}, `(${one.source})`)))));
        content.append(element("div", { class: "sides" }, side("For", exercise.evidence.for),
          side("Against, or harder than it looks", exercise.evidence.against)),
        element("h4", {}, "What the model cannot say"),
        element("ul", {}, ...exercise.limits.map((one) => element("li", {}, one))));
      },

      unless(content) {
        content.append(element("p", {}, "The driver is not wrong everywhere. Each of these can be run here and now."));
        content.append(element("ul", { class: "exercise-unless" }, ...exercise.unless.map((one) => {
          const effect = exercise.effects.find((other) => other.id === one.effect);
          const result = element("p", { class: "exercise-result", "aria-live": "polite" });
          const setting = one.belief ? `belief: ${one.belief}` : title(effect.quantity.scenario);
          if (one.belief && !host.beliefs().includes(one.belief))
            return element("li", {}, element("p", {}, one.says), element("p", { class: "note" },
              `The program was not started with the belief ${one.belief}.`));
          const button = element("button", { type: "button", onclick: () => {
            const ticket = drawing;
            result.textContent = "The model is running.";
            compute(scenariosOf(effect.quantity), one.belief, ticket, (all) => {
              const value = engine.quantity(all, effect.quantity);
              result.dataset.value = value;
              result.textContent = `${effect.says} Here: ${quantityWords(effect.quantity, value)}; `
                + `${within(value, effect) ? "it holds." : "it does not hold."}`;
            });
          } }, `Run it (${setting})`);
          return element("li", {}, element("p", {}, one.says), button, result);
        })));
        const chosen = element("select", { id: "exercise-take" }, ...order.map((name) =>
          element("option", { value: name }, title(name))));
        content.append(element("p", {}, element("label", { for: "exercise-take" }, "Go on with the levers of "), chosen, " ",
          element("button", { type: "button", onclick: () => host.take(engine.question(chosen.value)) }, "Take them along")));
        body.dataset.settled = "1";
      },
    };

    root.addEventListener("keydown", (event) => {
      if (event.target.closest("input, select, textarea") || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowRight") go(1);
      else if (event.key === "ArrowLeft") go(-1);
      else return;
      event.preventDefault();
    });
    show(false);
    return { close() { engine.closed = true; drawing += 1; root.replaceChildren(); } };
  };
})();
