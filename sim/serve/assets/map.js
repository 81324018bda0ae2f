// The picture of the schools: a dot each, coloured by what is chosen, at the year of the scrubber; its words and numbers.
"use strict";
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const make = (...all) => Live.make(...all);
  const COLOURS = [["true_score", "What pupils really know"], ["reported_score", "Published score"], ["energy", "Energy of the staff"],
    ["trust_in_centre", "Trust in the centre"], ["network_trust", "Trust in the network"],
    ["engagement_real", "Taking part in the network"], ["gaming", "Work on the score"]];
  const SIDES = [["reform", "with the reform"], ["baseline", "without it"], ["difference", "the difference it makes"]];
  const canvas = one("#map canvas"), said = one("#school-said");
  let layout = null, layoutKey = "", current = null, asked = 0, stale = true, visible = false, at = -1, again = 0;
  const ranges = new Map();

  const column = (name) => Live.welcome.columns.find((c) => c.name === name);
  const labelOf = (name) => (COLOURS.find(([n]) => n === name) || [name, name.replace(/_/g, " ")])[1];
  const offered = () => COLOURS.filter(([name]) => column(name));
  const chosen = () => (column(Live.view.colour) ? Live.view.colour : offered()[0][0]);
  const unitOf = (name) => (column(name).unit === "share" ? "%" : column(name).unit);
  const scaleOf = (name) => (column(name).unit === "share" ? 100 : 1);

  // What is shown for each school: one side, or the reform less the baseline.
  function values(side = Live.view.side) {
    const data = current.columns[chosen()];
    if (side !== "difference") return data[side];
    return data.reform.map((v, i) => (v === null || data.baseline[i] === null ? null : v - data.baseline[i]));
  }
  // One scale for all years and both sides, so that a change of colour is a change of the school.
  function range() {
    const name = chosen(), c = column(name), apart = Live.view.side === "difference", key = `${name} ${apart}`;
    if (!apart && Live.finite(c.low) && Live.finite(c.high)) return [c.low, c.high];
    const sorted = MapLayout.sortedOf(apart ? values() : [...current.columns[name].baseline]);
    const low = MapLayout.quantile(sorted, 0.02), high = MapLayout.quantile(sorted, 0.98);
    if (!apart && ranges.has(key)) return ranges.get(key);
    let found;
    if (apart) {
      const most = Math.max(Math.abs(low), Math.abs(high), 1e-9), power = 10 ** Math.floor(Math.log10(most));
      const nice = Math.max([1, 1.5, 2, 3, 4, 5, 7.5, 10].map((m) => m * power).find((v) => v >= most), ranges.has(key) ? ranges.get(key)[1] : 0);
      found = [-nice, nice];
    } else {
      found = [Math.floor(low * 4) / 4, Math.ceil(high * 4) / 4];
    }
    ranges.set(key, found);
    return found;
  }

  // ---- asking

  function want() {
    if (!Live.welcome || !Live.fan) return;
    if (!visible || asked) {
      stale = true;
      return;
    }
    stale = false;
    asked = Live.askMap(Live.view.year, column("cluster") ? [chosen(), "cluster"] : [chosen()]);
    clearTimeout(again);
    if (!asked) again = setTimeout(want, 120);
  }
  Live.on("map", (message, fresh) => {
    if (message.id !== asked) return;
    asked = 0;
    if (!fresh || !message.ready) {
      again = setTimeout(want, 200);
      return;
    }
    current = message;
    if (stale || message.year !== Live.view.year || !message.columns[chosen()]) want();
    draw();
  });
  Live.on("connection", () => { asked = 0; });
  let rest = 0;
  Live.on("fan", (fan) => {
    clearTimeout(rest);
    rest = setTimeout(want, fan.settled ? 0 : 400);
  });
  new IntersectionObserver((entries) => {
    visible = entries.some((entry) => entry.isIntersecting);
    if (visible && stale) want();
  }, { rootMargin: "200px" }).observe(one("#map"));

  // ---- drawing

  let place = () => [0, 0, 0];
  function fit() {
    const box = canvas.parentElement.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    if (!box.width || !box.height) return null;
    canvas.style.width = `${box.width}px`;
    canvas.style.height = `${box.height}px`;
    canvas.width = Math.round(box.width * ratio);
    canvas.height = Math.round(box.height * ratio);
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const pad = 8, scale = Math.min((box.width - 2 * pad) / layout.width, (box.height - 2 * pad) / layout.height);
    const x0 = (box.width - layout.width * scale) / 2, y0 = (box.height - layout.height * scale) / 2;
    place = (x, y, r) => [x0 + x * scale, y0 + y * scale, r * scale];
    return { context, width: box.width, height: box.height };
  }
  const circle = (context, x, y, r) => {
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
  };
  function draw() {
    if (!current || !current.columns[chosen()] || one("#schools").hidden) return;
    const schools = Live.welcome.schools, cluster = current.columns.cluster && current.columns.cluster.reform;
    const clustered = cluster && cluster.some((c) => c >= 0), key = `${Live.view.stand} ${clustered ? cluster.join() : "none"}`;
    if (!layout || key !== layoutKey) {
      layout = MapLayout.layout(schools, clustered ? cluster : null, Live.view.stand);
      layoutKey = key;
    }
    const sheet = fit();
    if (!sheet) return;
    const { context } = sheet, shown = values(), limits = range();
    const kind = Live.view.side === "difference" ? "apart" : "level";
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, sheet.width, sheet.height);
    context.lineWidth = 1;
    context.strokeStyle = "#c9ced6";
    context.fillStyle = "#f3f5f8";
    for (const d of layout.districts) {
      circle(context, ...place(d.x, d.y, d.r));
      context.fill();
      context.stroke();
    }
    if (Live.view.side !== "baseline" && cluster) drawClusters(context, cluster);
    for (let i = 0; i < shown.length; ++i) {
      if (Number.isNaN(layout.x[i])) continue;
      const [x, y, r] = place(layout.x[i], layout.y[i], layout.r[i]);
      circle(context, x, y, Math.max(0.8, r));
      context.fillStyle = MapLayout.colour(kind, shown[i], limits);
      context.fill();
    }
    if (at >= 0 && !Number.isNaN(layout.x[at])) {
      const [x, y, r] = place(layout.x[at], layout.y[at], layout.r[at]);
      for (const [colour, width] of [["#ffffff", 5], ["#000000", 2.5]]) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        circle(context, x, y, Math.max(7, r + 3));
        context.stroke();
      }
    }
    words(shown, limits, kind);
  }
  // As circles where they nest in districts, else as spokes from the middle of the cluster.
  function drawClusters(context, cluster) {
    context.strokeStyle = "#1a1a1a";
    context.lineWidth = 1;
    if (layout.clusters.length) {
      // What the chosen school's cluster has in other districts is joined to it; all of these lines at once would hide the rest.
      const mine = at >= 0 && cluster[at] >= 0 ? layout.clusters.filter((c) => c.cluster === cluster[at]) : [];
      context.lineWidth = layout.clusters.length > 400 ? 0.6 : 1;
      context.beginPath();
      for (const c of mine.slice(1)) {
        context.moveTo(...place(mine[0].x, mine[0].y, 0).slice(0, 2));
        context.lineTo(...place(c.x, c.y, 0).slice(0, 2));
      }
      context.stroke();
      for (const c of layout.clusters) {
        circle(context, ...place(c.x, c.y, c.r));
        context.fillStyle = "#ffffff";
        context.fill();
        context.stroke();
      }
      return;
    }
    const middle = new Map();
    cluster.forEach((c, i) => {
      if (c < 0 || Number.isNaN(layout.x[i])) return;
      const m = middle.get(c) || [0, 0, 0];
      middle.set(c, [m[0] + layout.x[i], m[1] + layout.y[i], m[2] + 1]);
    });
    context.globalAlpha = 0.45;
    context.beginPath();
    cluster.forEach((c, i) => {
      if (c < 0 || Number.isNaN(layout.x[i]) || middle.get(c)[2] < 2) return;
      const [sx, sy, n] = middle.get(c);
      context.moveTo(...place(sx / n, sy / n, 0).slice(0, 2));
      context.lineTo(...place(layout.x[i], layout.y[i], 0).slice(0, 2));
    });
    context.stroke();
    context.globalAlpha = 1;
  }

  // ---- its words

  const shownNumber = (name, value, sign) => {
    if (!Live.finite(value)) return "not known";
    const scale = scaleOf(name), text = sign ? ChartKit.signed(value * scale, scale === 100 ? 1 : 2)
      : (value * scale).toFixed(scale === 100 ? 0 : 2);
    return scale === 100 ? `${text}%` : `${text} ${unitOf(name)}`;
  };
  function words(shown, limits, kind) {
    const name = chosen(), side = SIDES.find(([s]) => s === Live.view.side)[1];
    one("#map figcaption").textContent = `${labelOf(name)}, ${side}, in year ${current.year}`;
    const legend = one("#map-legend"), bar = make("span", { className: "ramp" });
    bar.style.background = `linear-gradient(90deg, ${MapLayout.stops[kind].join(",")})`;
    bar.setAttribute("aria-hidden", "true");
    const sign = kind === "apart";
    legend.replaceChildren(make("span", { textContent: `${shownNumber(name, limits[0], sign)} or less` }), bar,
      make("span", { textContent: `${shownNumber(name, limits[1], sign)} or more` }));
    const sorted = MapLayout.sortedOf(shown), q = (share) => shownNumber(name, MapLayout.quantile(sorted, share), sign);
    const text = `Half of the schools lie between ${q(0.25)} and ${q(0.75)}; one in ten below ${q(0.1)}, one in ten above ${q(0.9)}.`;
    const clusters = current.columns.cluster ? new Set(current.columns.cluster.reform.filter((c) => c >= 0)).size : 0;
    one("#map-note").textContent = `${text} ${layout.kind === "packed" ? "Each grey circle is a district, each dot a school, as large as its " +
      "number of pupils" : "Each dot is a school at its place"}${clusters && Live.view.side !== "baseline" ? layout.clusters.length
      ? "; each black ring is a cluster, or what it has in a district, and a line joins what belongs to the chosen school's" : "; black lines join the schools of a cluster" : ""}.${layout.missing
      ? ` ${layout.missing} schools without a place are not drawn.` : ""} This is one simulated history, the first; ` +
      "the fans above hold all of them.";
    canvas.setAttribute("aria-label", `${shown.length} schools as dots. ${one("#map figcaption").textContent}. ${text} ` +
      "Arrow keys go from school to school.");
    one("#year-text").textContent = `${Live.view.year}`;
    if (at >= 0) tell(at, true);
    const details = one("#map details");
    if (details.open) fill(details);
  }
  function fill(details) {
    const name = chosen(), data = current.columns[name], { districts, schools } = Live.welcome, scale = scaleOf(name);
    const unit = unitOf(name), sums = districts.name.map(() => [0, 0, 0]);
    schools.district.forEach((d, i) => {
      if (!sums[d] || data.baseline[i] === null || data.reform[i] === null) return;
      sums[d][0] += 1;
      sums[d][1] += data.baseline[i] * scale;
      sums[d][2] += data.reform[i] * scale;
    });
    const rows = [["District", "Schools", `Without the reform (${unit})`, `With it (${unit})`, `Difference (${unit})`]];
    sums.forEach(([n, a, b], d) => { if (n) rows.push([districts.name[d] || districts.code[d], n, a / n, b / n, (b - a) / n]); });
    Live.figures.fillTable(one(".data", details), `${labelOf(name)} in year ${current.year}: means over the schools of each district`, rows);
  }
  one("#map details").addEventListener("toggle", (event) => { if (event.target.open && current) fill(event.target); });

  // ---- one school

  function tell(i, quietly) {
    const { schools, districts, phases } = Live.welcome, name = chosen(), data = current.columns[name];
    const c = current.columns.cluster && Live.view.side !== "baseline" ? current.columns.cluster.reform[i] : -1;
    const mates = c >= 0 ? current.columns.cluster.reform.filter((other) => other === c).length : 0;
    const district = schools.district[i];
    const text = `${schools.name[i] || schools.code[i]}, ${districts.name[district] || districts.code[district]}: ` +
      `${phases[schools.phase[i]] || "school"}, ${schools.pupils[i]} pupils, ${Math.round(100 * schools.deprivation[i])}% of them ` +
      `disadvantaged. ${labelOf(name)} in year ${current.year}: ${shownNumber(name, data.reform[i])} with the reform, ` +
      `${shownNumber(name, data.baseline[i])} without it.${mates > 1 ? ` In a cluster of ${mates} schools.` : ""}`;
    if (!quietly || said.textContent !== text) said.textContent = text;
  }
  function choose(i) {
    if (!current || i < 0) return;
    at = i;
    tell(i);
    draw();
  }
  const nearest = (event) => {
    if (!layout) return -1;
    const box = canvas.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top;
    let best = -1, least = 18 * 18;
    for (let i = 0; i < layout.x.length; ++i) {
      const [x, y] = place(layout.x[i], layout.y[i], 0), d = (x - px) ** 2 + (y - py) ** 2;
      if (d < least) [best, least] = [i, d];
    }
    return best;
  };
  // Its words again, beside the pointer.
  const tip = make("div", { className: "tip", hidden: true });
  tip.setAttribute("aria-hidden", "true");
  canvas.parentElement.append(tip);
  function hover(event) {
    const i = nearest(event);
    tip.hidden = i < 0 || !current;
    if (tip.hidden) return;
    if (i !== at) choose(i);
    const box = canvas.parentElement.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    tip.textContent = said.textContent;
    tip.style.left = `${Math.max(0, Math.min(box.width - tip.offsetWidth, x + 14))}px`;
    tip.style.top = `${y + 18 + tip.offsetHeight > box.height ? Math.max(0, y - tip.offsetHeight - 10) : y + 18}px`;
  }
  canvas.addEventListener("pointermove", hover);
  canvas.addEventListener("pointerdown", hover);
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], n = Live.welcome.schools.code.length;
    if (!step) return;
    event.preventDefault();
    choose((Math.max(at, step > 0 ? -1 : 0) + step + n) % n);
  });
  const find = one("#school");
  function search(from) {
    const wanted = find.value.trim().toLocaleLowerCase(), { name, code } = Live.welcome.schools, n = code.length;
    if (!wanted) return;
    for (let k = 0; k < n; ++k) {
      const i = (from + k) % n;
      if (`${name[i]} ${code[i]}`.toLocaleLowerCase().includes(wanted)) {
        choose(i);
        return;
      }
    }
    said.textContent = "No school of that name.";
  }
  find.addEventListener("input", () => search(0));
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") search(at + 1); });

  // ---- its controls

  function choices(name, legend, list, picked) {
    const box = make("fieldset", { className: "picks" }, make("legend", { textContent: legend }));
    for (const [value, text] of list) {
      const input = make("input", { type: "radio", name, value, checked: value === picked });
      input.addEventListener("change", () => Live.look({ [name]: value }));
      box.append(make("label", {}, input, make("span", { textContent: text })));
    }
    return box;
  }
  Live.on("welcome", () => {
    const last = Live.welcome.years[Live.welcome.years.length - 1];
    one("#year").max = last;
    layout = null;
    one("#map-controls").replaceChildren(choices("colour", "Colour by", offered(), chosen()),
      choices("side", "Show", SIDES, Live.view.side),
      ...(MapLayout.hasPlaces(Live.welcome.schools) ? [choices("stand", "Where", [["packed", "by district"], ["place", "on the map"]],
        Live.view.stand)] : []));
  });
  one("#year").addEventListener("input", (event) => Live.look({ year: Number(event.target.value) }));
  let playing = 0;
  const play = one("#play");
  function stop() {
    clearInterval(playing);
    playing = 0;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  }
  play.addEventListener("click", () => {
    if (playing) return stop();
    const { years } = Live.welcome, last = years[years.length - 1];
    if (Live.view.year >= last) Live.look({ year: years[0] });
    // With less motion asked for, a slower walk.
    playing = setInterval(() => {
      if (Live.view.year >= last) return stop();
      return Live.look({ year: Live.view.year + 1 });
    }, matchMedia("(prefers-reduced-motion: reduce)").matches ? 2000 : 700);
    play.textContent = "Stop";
    return play.setAttribute("aria-pressed", "true");
  });
  let before = "";
  Live.on("state", () => {
    one("#year").value = Live.view.year;
    one("#year-text").textContent = `${Live.view.year}`;
    one("#year").setAttribute("aria-valuetext", `year ${Live.view.year}`);
    document.querySelectorAll("#map-controls input").forEach((input) => { input.checked = Live.view[input.name] === input.value; });
    const now = JSON.stringify([Live.view.year, chosen(), Live.view.side, Live.view.stand]);
    if (now === before) return;
    before = now;
    if (current && current.year === Live.view.year && current.columns[chosen()]) draw();
    else want();
  });
  Live.on("shown", () => draw());
  window.addEventListener("resize", () => draw());
})();
