// The charts over the years: without and with the reform, their difference, and published against true. They are the
// report's kinds of charts, fed by the newest answer.
"use strict";
(() => {
  const { LOOKS, lineOf, band, overYears } = ChartKit;
  const one = (selector, from = document) => from.querySelector(selector);
  const KNOWN = { color: "#0072b2", dash: [] }, PUBLISHED = { color: "#d55e00", dash: [9, 4] };

  const measureNow = () => Live.measure(Live.view.measure) || Live.measures()[0];
  const scaled = (values, scale) => values.map((v) => (Live.finite(v) ? v * scale : null));
  const keptLook = (k) => LOOKS[2 + (k % (LOOKS.length - 2))];

  // An axis that only grows while a measure is looked at, so that a larger effect looks larger. The interval of the mean,
  // very wide while there are few pairs, does not stretch it.
  const ranges = new Map();
  function steady(key, lists) {
    const range = ranges.get(key) || [Infinity, -Infinity];
    for (const list of lists)
      for (const value of list)
        if (Live.finite(value)) {
          if (value < range[0]) range[0] = value;
          if (value > range[1]) range[1] = value;
        }
    if (!(range[1] >= range[0])) return {};
    ranges.set(key, range);
    const wide = Math.max(range[1] - range[0], 1e-6 * Math.max(1, Math.abs(range[0])));
    const rough = (wide * 1.08) / 5, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
    const low = Math.floor((range[0] - 0.02 * wide) / step) * step;
    const high = Math.ceil((range[1] + 0.02 * wide) / step) * step;
    return { min: Number(low.toPrecision(12)), max: Number(high.toPrecision(12)), ticks: { stepSize: step } };
  }
  Live.freshAxes = () => ranges.clear();

  // Months of learning on the right, where the left is in SD.
  function withMonths(config, y, sd) {
    Object.assign(config.options.scales.y, y, { grace: undefined });
    if (!sd || y.min === undefined) return config;
    config.options.scales.months = { position: "right", min: Live.months(y.min), max: Live.months(y.max),
      title: { display: true, text: "Months of learning" }, grid: { drawOnChartArea: false },
      ticks: { includeBounds: false, maxTicksLimit: 8 } };
    return config;
  }
  const small = () => document.documentElement.clientWidth < 640;
  function dressed(config) {
    const { legend } = config.options.plugins;
    config.options.plugins.legend = { ...legend, labels: { ...legend.labels, padding: small() ? 8 : 14 } };
    const { scales } = config.options, last = scales.x.max - scales.x.min, most = small() ? 4 : 8;
    scales.x.ticks.stepSize = [1, 2, 3, 5, 10, 20, 25, 50].find((step) => last % step === 0 && last / step <= most) || undefined;
    return config;
  }

  const makers = {
    "chart-level"() {
      const fan = Live.fan, m = measureNow(), row = fan && fan.measures[m.name];
      if (!row) return null;
      const { scale, unit } = Live.shown(m), of = (r, key) => scaled(r[key], scale);
      const titles = [Live.baselineTitle(), Live.title(fan.policy)], sides = [row.baseline, row.reform];
      if (Live.noReform(fan.policy)) sides.pop();
      const kept = Live.kept.filter((k) => k.measures[m.name]);
      const y = steady(`level ${m.name}`, [...sides.flatMap((r) => [of(r, "band_low"), of(r, "band_high")]),
        ...kept.map((k) => of(k.measures[m.name].reform, "mean"))]);
      const datasets = [
        ...sides.flatMap((r, s) => band(LOOKS[s], fan.year, of(r, "band_low"), of(r, "band_high"), 0.16)),
        ...kept.map((k, i) => lineOf(keptLook(i), `Kept: ${k.title}`, fan.year,
          of(k.measures[m.name].reform, "mean"), { borderWidth: 2 })),
        ...sides.map((r, s) => lineOf(LOOKS[s], titles[s], fan.year, of(r, "mean")))];
      const rows = [["Scenario", "Year", `Mean (${unit})`, "Nine in ten: from", "to"]];
      sides.forEach((r, s) => fan.year.forEach((year, t) => rows.push([titles[s], year, of(r, "mean")[t],
        of(r, "band_low")[t], of(r, "band_high")[t]])));
      const config = dressed(withMonths(overYears(fan.year, datasets, innerWidth < 500 ? unit : `${Live.labelOf(m)} (${unit})`), y, false));
      return { config, rows };
    },
    "chart-difference"() {
      const fan = Live.fan, m = measureNow(), row = fan && fan.measures[m.name];
      if (!row) return null;
      const { scale, unit, sd } = Live.shown(m), r = row.difference, of = (key) => scaled(r[key], scale);
      const kept = Live.kept.filter((k) => k.measures[m.name]);
      const keptMean = (k) => scaled(k.measures[m.name].difference.mean, scale);
      const y = steady(`difference ${m.name}`, [of("band_low"), of("band_high"), [0],
        ...kept.map(keptMean)]);
      const datasets = [
        ...band(LOOKS[1], fan.year, of("band_low"), of("band_high"), 0.14),
        ...(r.low.some(Live.finite) ? band(LOOKS[1], fan.year, of("low"), of("high"), 0.4) : []),
        ...kept.map((k, i) => lineOf(keptLook(i), `Kept: ${k.title}`, fan.year, keptMean(k), { borderWidth: 2 })),
        ...(Live.noReform(fan.policy) && kept.length ? [] : [lineOf(LOOKS[1], Live.title(fan.policy), fan.year, of("mean"))])];
      const rows = [["Scenario", "Year", `Difference (${unit})`, "95% interval: from", "to", "Nine in ten: from", "to"]];
      fan.year.forEach((year, t) => rows.push([Live.title(fan.policy), year, of("mean")[t], of("low")[t], of("high")[t],
        of("band_low")[t], of("band_high")[t]]));
      const config = overYears(fan.year, datasets, `Difference (${unit})`, { zeroLine: true });
      return { config: dressed(withMonths(config, y, sd)), rows };
    },
    "chart-seen"() {
      const fan = Live.fan;
      const kinds = [["What pupils know", "true_attainment_mean", KNOWN],
        ["What is published", "reported_attainment_mean", PUBLISHED]].filter(([, name]) => fan && fan.measures[name]);
      if (kinds.length < 2) return null;
      const row = (name, key) => fan.measures[name].difference[key];
      const y = steady("seen", [[0], ...kinds.flatMap(([, name]) => [row(name, "mean"), row(name, "band_low"), row(name, "band_high")])]);
      const datasets = [
        ...kinds.flatMap(([, name, look]) => (row(name, "low").some(Live.finite)
          ? band(look, fan.year, row(name, "low"), row(name, "high"), 0.35) : [])),
        ...kinds.map(([label, name, look]) => lineOf(look, label, fan.year, row(name, "mean")))];
      const rows = [["Measure", "Year", "Difference (pupil SD)", "95% interval: from", "to"]];
      for (const [label, name] of kinds) fan.year.forEach((year, t) => rows.push([label, year, row(name, "mean")[t],
        row(name, "low")[t], row(name, "high")[t]]));
      const config = overYears(fan.year, datasets, "Difference (pupil SD)", { zeroLine: true });
      return { config: dressed(withMonths(config, y, true)), rows };
    },
  };
  Live.labelOf = (m) => (m.label || m.name.replace(/_/g, " ")).replace(/ \([^()]*\)$/, "");

  const about = () => {
    const fan = Live.fan;
    return `${fan.replicates} pairs of simulated histories; according to ${Live.beliefWords(fan.belief)[0]}`;
  };
  const figures = makeFigures(makers, about);
  Live.figures = figures;

  function describe(id, words) { one(`#${id} canvas`).setAttribute("aria-label", words); }
  Live.drawCharts = () => {
    if (!Live.fan) return;
    const m = measureNow(), { unit } = Live.shown(m), end = Live.lastYear(Live.fan), title = Live.title(Live.fan.policy);
    one("#chart-level figcaption").textContent = `${Live.labelOf(m)}, without and with the reform`;
    one("#chart-difference figcaption").textContent = `${Live.labelOf(m)}: the difference the reform makes`;
    one("#measure-about").textContent = m.meaning || "";
    for (const id of Object.keys(makers)) if (!one(`#${id}`).closest("[hidden]")) figures.draw(id);
    const at = Live.at(Live.fan, m.name, "difference", end);
    const words = at ? `In year ${Live.fan.year[end]} the difference is ${Live.differenceWords(m, at)} ${unit}` +
      `${Live.intervalWords(m, at) ? `, 95% interval ${Live.intervalWords(m, at)}` : ""}.` : "";
    describe("chart-level", `Lines over the years, ${title} and ${Live.baselineTitle()}: ${Live.labelOf(m)}. ${words}`);
    describe("chart-difference", `Line over the years with its bands: ${title} less ${Live.baselineTitle()}. ${words}`);
    describe("chart-seen", `Two lines over the years: change of what pupils know and of what is published. ` +
      one("#seen-words").textContent);
  };

  function fillMeasures() {
    const select = one("#measure"), list = Live.measures().filter((m) => !Live.only || Live.only.includes(m.name));
    select.replaceChildren(...list.map((m) => Live.make("option", { value: m.name, textContent: Live.labelOf(m) })));
    select.value = Live.view.measure;
    select.disabled = list.length < 2;
  }
  Live.on("measures", fillMeasures);
  Live.on("welcome", () => {
    fillMeasures();
    if (!Live.fan) Chart.defaults.font.size = Math.round(0.82 * parseFloat(getComputedStyle(document.documentElement).fontSize));
  });
  one("#measure").addEventListener("change", (event) => Live.look({ measure: event.target.value }));
  Live.on("fan", Live.drawCharts);
  Live.on("kept", Live.drawCharts);
  Live.on("shown", Live.drawCharts);
  let before = "";
  Live.on("state", (what) => {
    if (what !== "view") return;
    one("#measure").value = Live.view.measure;
    if (Live.view.measure !== before) Live.drawCharts();
    before = Live.view.measure;
  });
})();
