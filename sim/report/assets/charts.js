// Draws the charts of the report from its data.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("findings").textContent);
  const one = (selector, from = document) => from.querySelector(selector);
  const last = data.year.length - 1;

  const { LOOKS, axis, signed, dots, legend } = ChartKit;
  const look = (s) => LOOKS[(s === data.baseline ? 0 : 1 + s - (s > data.baseline ? 1 : 0)) % LOOKS.length];
  const everyone = [data.baseline, ...data.order];
  const lineOf = (s, ys, more) => ChartKit.lineOf(look(s), data.titles[s], data.year, ys, more);
  const band = (s, low, high, alpha) => ChartKit.band(look(s), data.year, low, high, alpha);
  const overYears = (datasets, title, more) => ChartKit.overYears(data.year, datasets, title, more);

  const measureNow = () => {
    const chosen = one("#measure");
    return data.measures.find((m) => m.name === (chosen && chosen.value)) || data.measures[0];
  };
  const makers = {
    "chart-level"() {
      const m = measureNow();
      const datasets = [];
      for (const s of everyone) datasets.push(...band(s, m.band_low[s], m.band_high[s], 0.16));
      for (const s of everyone) datasets.push(lineOf(s, m.mean[s]));
      const rows = [["Scenario", "Year", `Mean (${m.unit})`, "Nine in ten: from", "to"]];
      for (const s of everyone)
        data.year.forEach((year, t) => rows.push([data.titles[s], year, m.mean[s][t], m.band_low[s][t],
          m.band_high[s][t]]));
      return { config: overYears(datasets, `${m.label} (${m.unit})`), rows };
    },
    "chart-difference"() {
      const m = measureNow();
      const datasets = [];
      for (const s of data.order) {
        datasets.push(...band(s, m.difference_band_low[s], m.difference_band_high[s], 0.14));
        if (m.low[s].some((v) => v !== null)) datasets.push(...band(s, m.low[s], m.high[s], 0.4));
      }
      for (const s of data.order) datasets.push(lineOf(s, m.difference[s]));
      const rows = [["Scenario", "Year", `Difference (${m.unit})`, "95% interval: from", "to", "Nine in ten: from",
        "to"]];
      for (const s of data.order)
        data.year.forEach((year, t) => rows.push([data.titles[s], year, m.difference[s][t], m.low[s][t], m.high[s][t],
          m.difference_band_low[s][t], m.difference_band_high[s][t]]));
      return { config: overYears(datasets, `Difference (${m.unit})`, { zeroLine: true }), rows };
    },
    "chart-parts"() {
      const m = data.measures.find((x) => x.name === "true_attainment_mean");
      if (!m || !m.parameters_low) return null;
      const datasets = [];
      for (const s of data.order) {
        datasets.push(...band(s, m.difference_band_low[s], m.difference_band_high[s], 0.14));
        datasets.push(...band(s, m.parameters_low[s], m.parameters_high[s], 0.24));
      }
      for (const s of data.order) datasets.push(lineOf(s, m.difference[s]));
      const rows = [["Scenario", "Year", "Difference (pupil SD)", "Nine in ten sets: from", "to",
        "Nine in ten replicates: from", "to", "SD by parameters", "SD by luck"]];
      for (const s of data.order)
        data.year.forEach((year, t) => rows.push([data.titles[s], year, m.difference[s][t], m.parameters_low[s][t],
          m.parameters_high[s][t], m.difference_band_low[s][t], m.difference_band_high[s][t], m.sd_parameters[s][t],
          m.sd_luck[s][t]]));
      return { config: overYears(datasets, "Difference (pupil SD)", { zeroLine: true }), rows };
    },
    "chart-published"() {
      const known = data.measures.find((m) => m.name === "true_attainment_mean");
      const reported = data.measures.find((m) => m.name === "reported_attainment_mean");
      const kinds = [["What pupils know", known, "circle", "#0072b2"], ["What is published", reported, "rect",
        "#d55e00"]];
      const rows = [["Scenario", "Measure", "Difference (pupil SD)", "95% interval: from", "to"]];
      for (const s of data.order)
        for (const [label, m] of kinds) rows.push([data.titles[s], label, m.difference[s][last], m.low[s][last],
          m.high[s][last]]);
      const datasets = kinds.map(([label, m, point, color], k) => ({
        label, data: data.order.map((s, i) => ({ x: i + (k - 0.5) * 0.24, y: m.difference[s][last] })),
        whiskers: data.order.map((s) => [m.low[s][last], m.high[s][last]]),
        borderColor: color, backgroundColor: color, pointStyle: point, pointRadius: 7, showLine: false,
      }));
      return { config: dots(datasets, data.order.map((s) => data.titles[s]), "Difference (pupil SD)", true), rows };
    },
    "chart-balance"() {
      const b = data.balance;
      // Of schools: on average over replicates, and within a single one.
      const kinds = b.better ? [["on average", b.better, b.worse], ["in one replicate", b.one_better, b.one_worse]]
        : [["in one replicate", b.one_better, b.one_worse]];
      const bars = data.order.flatMap((s) => kinds.map(([name, up, down]) => ({ s, name, up, down })));
      const better = bars.map(({ s, up }) => 100 * up[s][0]), worse = bars.map(({ s, down }) => 100 * down[s][0]);
      const unclear = bars.map((_, i) => Math.max(0, 100 - better[i] - worse[i]));
      const bar = (label, values, color, textColor) => ({ label, data: values, backgroundColor: color, textColor,
        borderColor: "#ffffff", borderWidth: 1, barPercentage: 0.85, categoryPercentage: 0.95 });
      const rows = [["Scenario", "Schools", "Better off (%)", "No clear difference (%)", "Worse off (%)"]];
      bars.forEach(({ s, name }, i) => rows.push([data.titles[s], name, better[i], unclear[i], worse[i]]));
      return {
        low: true,
        config: {
          type: "bar",
          data: {
            labels: bars.map(({ s, name }) => `${data.titles[s]}: ${name}`),
            datasets: [bar("Better off", better, "#0072b2", "#ffffff"),
              bar("No clear difference", unclear, "#d9d9d9", "#1a1a1a"),
              bar("Worse off", worse, "#d55e00", "#000000")],
          },
          options: {
            indexAxis: "y", percentInside: true,
            scales: { x: axis("Share (%)", { stacked: true, min: 0, max: 100 }), y: { stacked: true } },
            plugins: { legend: { position: "bottom", labels: { boxWidth: 16 } } },
          },
        },
        rows,
      };
    },
    "chart-distribution"() {
      const { first, width, share } = data.bins;
      const used = share[0].map((_, b) => everyone.some((s) => share[s][b] > 0.0005));
      const from = used.indexOf(true), to = used.lastIndexOf(true);
      const middles = share[0].map((_, b) => first + (b + 0.5) * width);
      const kept = middles.map((x, b) => b).slice(from, to + 1);
      const rows = [["Scenario", "Value added from (pupil SD)", "to", "Schools (%)"]];
      for (const s of everyone)
        for (const b of kept) rows.push([data.titles[s], first + b * width, first + (b + 1) * width,
          100 * share[s][b]]);
      const datasets = everyone.map((s) => lineOf(s, [], { data: kept.map((b) => ({ x: middles[b],
        y: 100 * share[s][b] })), tension: 0.3 }));
      return {
        config: { type: "line", data: { datasets }, options: { parsing: false,
          scales: { x: axis("Value added of the school (pupil SD)", { type: "linear", min: first + from * width,
            max: first + (to + 1) * width }),
            y: axis("Schools (%)", { min: 0 }) },
          plugins: { legend, tooltip: { callbacks: { title: (items) => (items.length
            ? `Value added ${signed(items[0].parsed.x, 2)}` : "") } } } } },
        rows,
      };
    },
    "chart-deprivation": () => fifths("deprivation"),
    "chart-size": () => fifths("size"),
    "chart-phase": () => fifths("phase"),
    "chart-districts"() {
      const { name, difference } = data.districts;
      const rows = [["District", ...data.order.map((s) => `${data.titles[s]} (pupil SD)`)]];
      name.forEach((text, d) => rows.push([text, ...data.order.map((s) => difference[s][d])]));
      const datasets = data.order.map((s) => {
        const sorted = difference[s].filter((v) => v !== null).sort((a, b) => a - b);
        return lineOf(s, [], { data: sorted.map((y, i) => ({ x: (100 * (i + 0.5)) / sorted.length, y })) });
      });
      return {
        few: 40,
        config: { type: "line", data: { datasets }, options: { parsing: false, zeroLine: true,
          scales: { x: axis("Share of districts (%)", { type: "linear", min: 0, max: 100 }),
            y: axis("Difference in value added (pupil SD)") },
          interaction: { mode: "nearest", intersect: false },
          plugins: { legend, tooltip: { callbacks: { title: () => "" } } } } },
        rows,
      };
    },
    "chart-cost"() {
      const m = data.measures.find((x) => x.name === "lever_spending_per_pupil");
      if (!m) return null;
      const rows = [["Scenario", "Year", "Money a pupil and year"]];
      for (const s of everyone) data.year.forEach((year, t) => rows.push([data.titles[s], year, m.mean[s][t]]));
      const config = overYears(everyone.map((s) => lineOf(s, m.mean[s])), "Money a pupil and year");
      config.options.scales.y.min = 0;
      return { low: true, config, rows };
    },
  };

  function fifths(kind) {
    const group = data.groups[kind];
    if (!group) return null;
    const n = data.order.length;
    const rows = [["Schools", "Scenario", "Difference in value added (pupil SD)", "95% interval: from", "to"]];
    group.labels.forEach((label, g) => {
      for (const s of data.order) rows.push([label, data.titles[s], group.difference[s][g], group.low[s][g],
        group.high[s][g]]);
    });
    const datasets = data.order.map((s, k) => ({
      label: data.titles[s],
      data: group.labels.map((_, g) => ({ x: g + (k - (n - 1) / 2) * Math.min(0.14, 0.7 / n),
        y: group.difference[s][g] })),
      whiskers: group.labels.map((_, g) => [group.low[s][g], group.high[s][g]]),
      borderColor: look(s).color, backgroundColor: look(s).color, borderDash: look(s).dash, borderWidth: 2,
      pointStyle: look(s).point, pointRadius: 6, pointBorderWidth: 2, showLine: kind !== "phase",
    }));
    return { config: dots(datasets, group.labels, "Difference (pupil SD)", kind === "phase"), rows, low: true };
  }

  const { draw, drawn } = makeFigures(makers,
    () => (data.sets ? `${data.replicates} replicates of ${data.sets} sets of parameters`
      : `${data.replicates} replicates of a model ${data.by_hand ? "whose parameters are not calibrated"
        : `with the set of parameters ${data.set}`}`));

  function showMeasure() {
    document.querySelectorAll("[data-measure]").forEach((span) => { span.textContent = measureNow().label; });
    draw("chart-level");
    draw("chart-difference");
  }

  const choice = one("#measure");
  if (choice) choice.addEventListener("change", showMeasure);
  showMeasure();
  for (const id of Object.keys(makers)) if (!drawn.has(id)) draw(id);

  const find = one("#find-district");
  if (find) {
    const rows = [...document.querySelectorAll("#district-table tbody tr")];
    const names = rows.map((row) => row.cells[0].textContent.toLocaleLowerCase());
    find.addEventListener("input", () => {
      const wanted = find.value.trim().toLocaleLowerCase();
      let found = 0;
      rows.forEach((row, i) => {
        row.hidden = !names[i].includes(wanted);
        if (!row.hidden) ++found;
      });
      one("#found-districts").textContent = wanted ? `${found} found` : "";
    });
  }

  // On paper nothing can be unfolded: what is folded here comes unfolded at the end.
  const appendix = one("#appendix");
  const folded = [...document.querySelectorAll("details.printed")].map((details) => {
    const place = document.createElement("span");
    details.before(place);
    return { details, place, open: false };
  });
  window.addEventListener("beforeprint", () => folded.forEach((one) => {
    one.open = one.details.open;
    one.details.open = true;
    appendix.append(one.details);
    appendix.hidden = false;
  }));
  window.addEventListener("afterprint", () => folded.forEach((one) => {
    one.details.open = one.open;
    one.place.after(one.details);
    appendix.hidden = true;
  }));
  // Charts are drawn anew in the width of the paper: those of a wide screen would shrink, and their letters with them.
  const PAPER = { width: 680, height: 300 };
  window.addEventListener("beforeprint", () => Object.values(Chart.instances).forEach((chart) =>
    chart.resize(PAPER.width, PAPER.height)));
  window.addEventListener("afterprint", () => Object.values(Chart.instances).forEach((chart) => chart.resize()));
  document.documentElement.dataset.charts = String(drawn.size);
})();
