// The answer in words: which does better, for whom, how sure; published against true; every measure at a glance; and the
// results that were kept.
"use strict";
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const make = (...all) => Live.make(...all);
  const LEARNING = "true_attainment_mean", REPORTED = "reported_attainment_mean", GAP = "disadvantage_gap";
  // Measures whose difference is so much learning.
  const LEARNT = new Set([LEARNING, "value_added_mean", "broad_learning_mean"]);
  const strong = (text) => make("strong", { textContent: text });
  const measure = (name) => Live.measure(name);
  const interval = (name, at) => {
    const words = Live.intervalWords(measure(name), at);
    return words ? `; 95% interval ${words}` : "";
  };

  // The last year in which the difference was clearly on the other side than at the end.
  function turned(row, end) {
    if (!Live.clear({ low: row.low[end], high: row.high[end] })) return null;
    for (let t = end - 1; t >= 0; --t)
      if (Live.clear({ low: row.low[t], high: row.high[t] }) && (row.mean[t] > 0) !== (row.mean[end] > 0)) return t;
    return null;
  }

  // The kept results by what pupils know in the end: the first and the last.
  function ranking() {
    const of = (kept) => Live.at(kept, LEARNING, "difference", kept.year.length - 1);
    const order = [...Live.kept].sort((a, b) => of(b).mean - of(a).mean), words = (kept) => Live.monthsWords(of(kept))
      .replace(/^(.*) more$/, "$1 ahead of").replace(/^(.*) less$/, "$1 behind").replace("no clear difference", "not clearly apart from");
    if (order.length < 2) return null;
    const [best] = order, worst = order[order.length - 1];
    const parts = ["Of the results kept, ", strong(best.title), " leaves pupils best off (", words(best), " ", Live.baselineTitle(),
      ") and ", strong(worst.title), " worst (", words(worst), ")"];
    return [...parts, of(best).mean > 0 ? "." : `; none is better than ${Live.baselineTitle()}.`];
  }

  function better(fan, end) {
    const at = Live.at(fan, LEARNING, "difference", end), m = measure(LEARNING);
    const title = strong(Live.title(fan.policy)), base = strong(Live.baselineTitle());
    if (Live.noReform(fan.policy)) {
      const rest = ranking() || ["Start from one of the reforms, move a lever, or try them one after another."];
      const parts = [strong("No reform: "), "the schools go on as they are. ", ...rest];
      if (!Live.kept.length) {
        const button = make("button", { type: "button", textContent: "Try the reforms one after another" });
        button.addEventListener("click", tryPresets);
        parts.push(" ", button);
      }
      return parts;
    }
    const years = Live.yearWords(fan.year[end]);
    const numbers = ` (${Live.differenceWords(m, at)} pupil SD${interval(LEARNING, at)})`;
    if (at.mean === 0 && !(at.high > at.low))
      return ["In the model, after ", years, ", ", title, " leaves everything as it is under ", base, "."];
    if (Live.finite(at.low) && !Live.clear(at))
      return ["In the model, after ", years, ", ", title, " is not clearly apart from ", base, " in what pupils know",
        numbers, "."];
    const t = turned(fan.measures[LEARNING].difference, end);
    const months = Math.abs(Live.months(at.mean)) < 0.05 ? "less than a tenth of a month"
      : `about ${Live.monthsNumber(at)} ${Number(Live.monthsNumber(at)) === 1 ? "month" : "months"}`;
    return ["In the model, after ", years, ", ", title,
      t === null ? "" : `, ${at.mean > 0 ? "behind" : "ahead"} until year ${fan.year[t]},`,
      " leaves pupils ", strong(`${months} of learning ${at.mean > 0 ? "ahead" : "behind"}`), " of ", base, numbers, "."];
  }

  // "77%", "none": nobody should have to ask what 0% of the schools is.
  const share = (v) => (v === 0 ? "none" : v < 0.005 ? "less than 1%" : v < 1 && v >= 0.995 ? "more than 99%"
    : `${Math.round(100 * v)}%`);
  const histories = (n) => (n === 1 ? "the one simulated history so far" : `${n} simulated histories`);

  // By what schools add, over all histories of the answer: each school on average where schools last, otherwise how it
  // goes within a history. The numbers behind the words come second.
  function winners(fan) {
    const { average, one: single } = fan.winners || {};
    if (!single || !Live.finite(single.better)) return null;
    if (!Live.finite(average.better))
      return [`${share(single.better)} of the schools end better off and ${share(single.worse)} worse off`,
        "Schools are counted by what they add to what pupils know, within a history where chance moves every school; shares are " +
        `means over ${histories(fan.replicates)}.`];
    return [`${share(average.better)} of the schools are clearly better off and ${share(average.worse)} worse off`,
      `Schools are counted by what each adds to what pupils know, on average over ${histories(fan.replicates)}; in a single ` +
      `history, where chance moves every school, ${share(single.better)} are better and ${share(single.worse)} worse off.`];
  }
  function fifths(fan) {
    const list = fan.fifths || [], poor = list[list.length - 1], rich = list[0];
    // Of one history, or of one set of parameters, there is no interval, so nothing is said.
    if (!poor || !rich || !Live.finite(poor.low) || !Live.finite(rich.low)) return null;
    const moves = (at) => (!Live.clear(at) ? "does not clearly change" : at.mean > 0 ? "gains" : "loses");
    const months = (at) => Live.differenceWords({ scale: 1, decimals: 1 },
      { mean: Live.months(at.mean), low: Live.months(at.low), high: Live.months(at.high) });
    const behind = `Months of learning that schools add: ${months(poor)} in the most deprived fifth of schools, ` +
      `${months(rich)} in the least deprived.`;
    if (moves(poor) !== moves(rich))
      return [`the most deprived fifth of them ${moves(poor)} while the least deprived ${moves(rich)}`, behind];
    if (moves(poor) === "does not clearly change")
      return ["neither their most deprived fifth nor the least deprived clearly changes", behind];
    // Fifths apart by less than their intervals are alike.
    const alike = poor.low < rich.high && rich.low < poor.high, more = Math.abs(poor.mean) > Math.abs(rich.mean);
    return [`the most deprived fifth of them ${moves(poor)} ${alike ? "about as much as" : more ? "more than" : "less than"} ` +
      "the least deprived", behind];
  }

  function whom(fan, end) {
    const said = [winners(fan), fifths(fan)].filter(Boolean);
    const parts = said.map(([words]) => words), behind = said.map(([, words]) => words);
    const gap = Live.at(fan, GAP, "difference", end), level = Live.at(fan, GAP, "baseline", end);
    if (gap && level && Live.finite(gap.mean)) {
      const percent = Math.abs((100 * gap.mean) / level.mean);
      if (gap.mean === 0) parts.push("the gap between disadvantaged and other pupils stays as it is");
      else if (Live.finite(gap.low) && !Live.clear(gap))
        parts.push("the gap between disadvantaged and other pupils does not clearly change");
      else parts.push(`the gap between disadvantaged and other pupils ${gap.mean < 0 ? "narrows" : "widens"} by ` +
        `${percent < 9.5 ? percent.toFixed(1) : percent.toFixed(0)}% (${Live.differenceWords(measure(GAP), gap)} pupil SD` +
        `${interval(GAP, gap)})`);
    }
    const leave = Live.at(fan, "teacher_turnover", "difference", end);
    if (leave && Live.clear(leave)) parts.push(`${leave.mean > 0 ? "more" : "fewer"} teachers leave ` +
      `(${Live.differenceWords(measure("teacher_turnover"), leave)} of 100 a year)`);
    if (!parts.length) return null;
    const text = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
    const small = make("small", { className: "behind", textContent: behind.join(" ") });
    return [strong("For whom: "), `${text}. `, ...(behind.length ? [make("br"), small] : [])];
  }

  function sure(fan, end) {
    const row = fan.measures[LEARNING], chance = row.probability_higher && row.probability_higher[end];
    const n = fan.replicates, at = Live.at(fan, LEARNING, "difference", end), parts = [strong("How sure: ")];
    if (Live.finite(chance) && n > 1) {
      const ahead = Math.round(chance * n), wins = ahead * 2 >= n, count = wins ? ahead : n - ahead;
      parts.push(`pupils know more under ${wins ? Live.title(fan.policy) : Live.baselineTitle()} in ` +
        `${count === n ? `all ${n}` : `${count} of ${n}`} pairs of simulated histories`);
    } else {
      parts.push("with a single pair of histories nobody can say how much of this is luck");
    }
    const from = row.clear_from;
    if (Live.finite(from) && from > fan.year[0]) parts.push(`; the difference is clear from year ${from} on`);
    parts.push(". This is sure inside the model only: use direction and order, and do not quote sizes.");
    return parts;
  }

  function seen(fan, end) {
    const known = Live.at(fan, LEARNING, "difference", end), published = Live.at(fan, REPORTED, "difference", end);
    if (!known || !published) return "";
    const words = (name, at) => {
      if (Live.finite(at.low) && !Live.clear(at)) return "does not clearly change";
      if (at.mean === 0) return "does not change";
      return `${at.mean > 0 ? "rises" : "falls"} by ${Live.differenceWords(measure(name), at).replace(/^[-+]/, "")} pupil SD`;
    };
    const text = `By year ${fan.year[end]} the published score ${words(REPORTED, published)} because of the reform; ` +
      `what pupils know ${words(LEARNING, known)}.`;
    const apart = Live.clear(known) && Live.clear(published) && (known.mean > 0) !== (published.mean > 0);
    const flat = !Live.clear(known) && Live.clear(published) && Live.finite(known.low) && published.mean > 0;
    if (apart) return `${text} The published score points the wrong way.`;
    if (flat) return `${text} The minister sees a success that is not there.`;
    if (Live.clear(known) && published.mean > 0 && known.mean > 0 && published.mean > 1.25 * known.mean)
      return `${text} Part of the success is only on paper.`;
    if (Live.clear(known) && known.mean > 0 && published.mean < 0.75 * known.mean)
      return `${text} More is learnt than the scores show.`;
    return text;
  }

  const cell = (tag, ...children) => make(tag, {}, ...children);
  function table(caption, heads, rows, id) {
    const body = make("tbody"), node = make("table", { id, className: "cards" });
    node.setAttribute("role", "table");
    node.append(make("caption", { textContent: caption }));
    const head = make("tr");
    heads.forEach((text) => head.append(make("th", { scope: "col", textContent: text })));
    node.append(make("thead", {}, head), body);
    for (const row of rows) {
      const line = make("tr");
      line.setAttribute("role", "row");
      row.forEach((content, i) => {
        const box = cell(i === 0 ? "th" : "td");
        if (i === 0) box.scope = "row";
        box.setAttribute("role", i === 0 ? "rowheader" : "cell");
        if (i > 0) box.dataset.label = heads[i];
        box.append(i === 0 ? content : make("div", {}, ...[].concat(content)));
        line.append(box);
      });
      body.append(line);
    }
    const frame = make("div", { className: "scroll", tabIndex: 0 }, node);
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", caption);
    return frame;
  }

  function verdict(m, at) {
    if (at.mean === 0 && !(at.high > at.low)) return ["", "no difference"];
    if (!Live.finite(at.low)) return ["", "too early to say"];
    if (!Live.clear(at)) return ["", "no clear difference"];
    if (!m.better) return ["", at.mean > 0 ? "more" : "less"];
    return m.better * at.mean > 0 ? ["good", "better"] : ["bad", "worse"];
  }
  function glance(fan, end) {
    const rows = Live.measures().filter((m) => fan.measures[m.name]).map((m) => {
      const at = Live.at(fan, m.name, "difference", end), { unit } = Live.shown(m);
      const base = Live.at(fan, m.name, "baseline", end), reform = Live.at(fan, m.name, "reform", end);
      const button = make("button", { type: "button", className: "plain", textContent: Live.labelOf(m) });
      button.addEventListener("click", () => {
        Live.look({ measure: m.name });
        one("#charts").scrollIntoView();
      });
      button.setAttribute("aria-label", `${Live.labelOf(m)}: show over the years`);
      const [kind, word] = verdict(m, at), words = Live.intervalWords(m, at);
      const spread = [at.low, at.high];
      const range = (side) => {
        const [from, to] = [side.band_low, side.band_high].map((v) => Live.levelWords(m, v, spread));
        return make("small", { textContent: Live.finite(side.band_low) && from !== to ? `${from} to ${to}` : "" });
      };
      return [make("span", {}, button, " ", make("small", { textContent: unit })),
        [Live.levelWords(m, base.mean, spread), make("br"), range(base)],
        [Live.levelWords(m, reform.mean, spread), make("br"), range(reform)],
        [Live.differenceWords(m, at), words ? make("br") : "", words ? make("small", { textContent: words }) : ""],
        [make("span", { className: `verdict ${kind}`, textContent: word }),
          LEARNT.has(m.name) && Live.clear(at) ? make("small", { textContent: ` ${Live.monthsWords(at)}` }) : ""]];
    });
    one("#glance-year").textContent = `in year ${fan.year[end]}`;
    return table("Below each mean where nine in ten histories lie; below each difference its 95% interval.",
      ["Measure", Live.baselineTitle(), Live.title(fan.policy), "Difference", "Better or worse"], rows, "glance-numbers");
  }

  function say(fan, end) {
    const same = fan.measures[LEARNING].difference.mean.every((v) => v === 0);
    const sentences = (same ? [better(fan, end)] : [better(fan, end), whom(fan, end), sure(fan, end)]).filter(Boolean);
    one("#sentences").replaceChildren(...sentences.map((parts) => make("li", {}, ...parts)));
  }
  let glanceTimer = 0;
  function show() {
    const fan = Live.fan;
    if (!fan || !fan.measures[LEARNING]) return;
    const end = Live.lastYear(fan);
    say(fan, end);
    one("#seen-words").textContent = seen(fan, end);
    const bar = one("#pairs");
    bar.max = fan.of;
    bar.value = fan.replicates;
    const at = Live.at(fan, LEARNING, "difference", end);
    one("#strip-words").textContent = `What pupils know in year ${fan.year[end]}: ${Live.monthsWords(at)}` +
      `${Live.clear(at) ? " of learning" : ""}; ${fan.settled ? "settled" : `${fan.replicates} of ${fan.of} pairs`}`;
    const money = fan.cost && fan.cost.lever_spending, whole = (v) => Math.abs(Math.round(v)).toLocaleString("en");
    const sureOf = money && Live.clear(money) && whole(money.low) !== whole(money.high)
      ? ` (${[whole(money.low), whole(money.high)].sort((a, b) => a.replace(/,/g, "") - b.replace(/,/g, "")).join(" to ")})` : "";
    one("#pairs-text").textContent = `${fan.replicates} of ${fan.of} pairs of histories: ` +
      `${fan.settled ? "settled" : "still being refined"}` +
      (money && Live.finite(money.difference) && Math.round(money.difference) !== 0
        ? `. Its levers cost ${whole(money.difference)} a pupil ${money.difference > 0 ? "more" : "less"} over the ` +
          `${Live.yearWords(fan.year[end])}${sureOf}` : "") + ".";
    // A table is dear to lay out: at once when settled, otherwise when the hand rests.
    clearTimeout(glanceTimer);
    glanceTimer = setTimeout(() => {
      const at = document.activeElement && document.activeElement.getAttribute("aria-label");
      const inside = one("#glance-table").contains(document.activeElement);
      one("#glance-table").replaceChildren(glance(Live.fan, Live.lastYear(Live.fan)));
      if (inside && at) [...document.querySelectorAll("#glance-table button")].filter((b) =>
        b.getAttribute("aria-label") === at).forEach((b) => b.focus({ preventScroll: true }));
    }, fan.settled ? 0 : 250);
  }
  // Read out once, when it has settled; not at every step of a slider.
  Live.on("settled", (fan) => {
    const aloud = [...document.querySelectorAll("#sentences li")].map((li) => li.textContent).join(" ");
    one("#aloud").textContent = `Settled, ${fan.replicates} pairs. ${aloud}`;
  });
  Live.on("fan", show);
  Live.on("preparing", () => { one("#pairs-text").textContent = "Preparing the schools under these beliefs; this happens once."; });

  // ---- kept results

  function keep(fan, policy, belief) {
    const first = Live.welcome.beliefs[0].name === belief;
    const title = Live.title(policy) + (first ? "" : `, according to ${Live.beliefWords(belief)[0]}`);
    const number = Live.kept.filter((k) => k.title === title || k.title.startsWith(`${title}, again`)).length;
    Live.kept.push({ title: number ? `${title}, again${number > 1 ? ` ${number}` : ""}` : title, policy, belief, measures: fan.measures,
      year: fan.year, replicates: fan.replicates, cost: fan.cost });
    if (Live.kept.length > 5) Live.kept.shift();
    showKept();
    Live.emit("kept");
  }
  Live.keep = () => Live.fan && keep(Live.fan, Live.fan.policy, Live.fan.belief);
  function showKept() {
    one("#kept-none").hidden = Live.kept.length > 0;
    one("#kept-words").replaceChildren(...(ranking() || []));
    const difference = (kept, name) => {
      const m = measure(name), at = m && kept.measures[name] && Live.at(kept, name, "difference", kept.year.length - 1);
      if (!at) return ["not asked"];
      const words = Live.intervalWords(m, at);
      return [Live.differenceWords(m, at), words ? make("br") : "", words ? make("small", { textContent: words }) : ""];
    };
    const columns = [[LEARNING, "What pupils know (pupil SD)"], [REPORTED, "Published score (pupil SD)"], [GAP, "Gap (pupil SD)"],
      ["teacher_turnover", "Teachers who leave (% a year)"], ["lever_spending_per_pupil", "Reform spending (money a pupil)"]]
      .filter(([name]) => measure(name));
    const rows = Live.kept.map((kept, k) => {
      const swatch = make("span", { className: `swatch swatch-${2 + (k % 5)}` });
      const again = make("button", { type: "button", className: "small", textContent: "Show again" });
      const drop = make("button", { type: "button", className: "small", textContent: "Drop" });
      again.setAttribute("aria-label", `Show ${kept.title} again`);
      drop.setAttribute("aria-label", `Drop ${kept.title}`);
      again.addEventListener("click", () => Live.set({ policy: kept.policy, belief: kept.belief }));
      drop.addEventListener("click", () => {
        Live.kept.splice(k, 1);
        showKept();
        Live.emit("kept");
      });
      const at = Live.at(kept, LEARNING, "difference", kept.year.length - 1);
      return [make("span", {}, swatch, kept.title), [Live.monthsWords(at)], ...columns.map(([name]) => difference(kept, name)),
        [again, " ", drop]];
    });
    one("#kept-table").replaceChildren(...(rows.length ? [table(`Differences to ${Live.baselineTitle()} at the end, with their 95% intervals.`,
      ["Reform", "Months of learning", ...columns.map(([, head]) => head), "Again"], rows, "kept-numbers")] : []));
  }

  // Each preset in turn, kept when settled; then back to where the user was.
  async function tryPresets() {
    const was = { policy: Live.policy, belief: Live.belief }, button = one("#try-presets");
    button.disabled = true;
    try {
      for (const preset of Live.presets().filter((p) => Object.keys(p.levers).length)) {
        const fan = await Live.settle({ policy: { preset: preset.name, levers: {} } });
        if (fan.policy.preset !== preset.name) return;  // the user went on to something else
        keep(fan, fan.policy, fan.belief);
      }
      await Live.settle(was);
    } catch {  // said in words by others
    } finally {
      button.disabled = false;
    }
  }
  one("#try-presets").addEventListener("click", tryPresets);
})();
