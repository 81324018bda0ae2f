// Draws the charts of the report from its data, and gives each its numbers as a table, CSV, PNG and SVG.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("findings").textContent);
  const one = (selector, from = document) => from.querySelector(selector);
  const last = data.year.length - 1;

  // Okabe and Ito's colours, two of them darkened to stand out from white; style.css has the same.
  const LOOKS = [
    { color: "#4d4d4d", dash: [], point: "circle" },
    { color: "#0072b2", dash: [9, 4], point: "triangle" },
    { color: "#d55e00", dash: [2, 3], point: "rect" },
    { color: "#009e73", dash: [12, 3, 3, 3], point: "rectRot" },
    { color: "#cc79a7", dash: [5, 5], point: "star" },
    { color: "#b07800", dash: [1, 5], point: "crossRot" },
    { color: "#2b8cc4", dash: [14, 6], point: "cross" },
  ];
  const look = (s) => LOOKS[(s === data.baseline ? 0 : 1 + s - (s > data.baseline ? 1 : 0)) % LOOKS.length];
  const pale = (color, alpha) => color + Math.round(alpha * 255).toString(16).padStart(2, "0");
  const everyone = [data.baseline, ...data.order];

  Chart.defaults.animation = false;
  Chart.defaults.font.size = 13;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.color = "#1a1a1a";
  Chart.defaults.borderColor = "#e3e6eb";
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.interaction = { mode: "index", intersect: false };

  const paper = {
    id: "paper",
    beforeDraw(chart) {
      chart.ctx.save();
      chart.ctx.fillStyle = "#ffffff";
      chart.ctx.fillRect(0, 0, chart.width, chart.height);
      chart.ctx.restore();
    },
  };
  // Intervals at points: dataset.whiskers holds [low, high] for each.
  const whiskers = {
    id: "whiskers",
    afterDatasetsDraw(chart) {
      chart.data.datasets.forEach((dataset, number) => {
        if (!dataset.whiskers || !chart.isDatasetVisible(number)) return;
        const ctx = chart.ctx;
        ctx.save();
        ctx.strokeStyle = dataset.borderColor;
        ctx.lineWidth = 2;
        chart.getDatasetMeta(number).data.forEach((point, i) => {
          const [low, high] = dataset.whiskers[i] || [];
          if (low === null || high === null || low === undefined) return;
          const top = chart.scales.y.getPixelForValue(high), bottom = chart.scales.y.getPixelForValue(low);
          ctx.beginPath();
          ctx.moveTo(point.x, top);
          ctx.lineTo(point.x, bottom);
          for (const y of [top, bottom]) {
            ctx.moveTo(point.x - 5, y);
            ctx.lineTo(point.x + 5, y);
          }
          ctx.stroke();
        });
        ctx.restore();
      });
    },
  };
  const zero = {
    id: "zero",
    beforeDatasetsDraw(chart) {
      const scale = chart.scales.y;
      if (!chart.options.zeroLine || scale.min > 0 || scale.max < 0) return;
      const y = scale.getPixelForValue(0);
      chart.ctx.save();
      chart.ctx.strokeStyle = "#4d4d4d";
      chart.ctx.lineWidth = 1.5;
      chart.ctx.beginPath();
      chart.ctx.moveTo(chart.chartArea.left, y);
      chart.ctx.lineTo(chart.chartArea.right, y);
      chart.ctx.stroke();
      chart.ctx.restore();
    },
  };
  // Percentages inside bars that are wide enough.
  const inside = {
    id: "inside",
    afterDatasetsDraw(chart) {
      if (!chart.options.percentInside) return;
      const ctx = chart.ctx;
      ctx.save();
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.font = `bold 13px ${Chart.defaults.font.family}`;
      chart.data.datasets.forEach((dataset, number) => {
        if (!chart.isDatasetVisible(number)) return;
        chart.getDatasetMeta(number).data.forEach((bar, i) => {
          const width = Math.abs(bar.x - bar.base);
          if (width < 44) return;
          ctx.fillStyle = dataset.textColor;
          ctx.fillText(`${Math.round(dataset.data[i])}%`, (bar.x + bar.base) / 2, bar.y);
        });
      });
      ctx.restore();
    },
  };

  const axis = (title, more = {}) => ({ title: { display: true, text: title }, ...more });
  const signed = (value, decimals) => {
    if (value === null || value === undefined) return "";
    const text = value.toFixed(decimals);
    if (/^-?0(\.0*)?$/.test(text)) return text.replace("-", "");
    return value > 0 ? `+${text}` : text;
  };
  const plain = (value, decimals) => (value === null || value === undefined ? "" : value.toFixed(decimals));
  const decimalsFor = (low, high, most) => {
    const half = (high - low) / 2;
    if (low === null || high === null) return Math.min(most, 2);
    if (!(half > 0)) return most;
    return Math.max(0, Math.min(most, 1 - Math.floor(Math.log10(half))));
  };
  // Lines in the legend as they are in the chart; the library's own have no dashes.
  const lines = (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart).map((item) => {
    const dataset = chart.data.datasets[item.datasetIndex];
    return { ...item, pointStyle: "line", lineDash: dataset.borderDash, lineWidth: 3, strokeStyle: dataset.borderColor };
  });
  const legend = {
    position: "bottom",
    labels: { usePointStyle: true, pointStyleWidth: 44, padding: 14, generateLabels: lines, filter: (item, all) => !all.datasets[item.datasetIndex].quiet },
  };
  const points = (ys, xs = data.year) => ys.map((y, i) => ({ x: xs[i], y }));
  const lineOf = (s, ys, more = {}) => ({
    label: data.titles[s], data: points(ys), borderColor: look(s).color, backgroundColor: "#ffffff",
    borderDash: look(s).dash, borderWidth: 3, pointRadius: 0, pointHitRadius: 8, fill: false, ...more,
  });
  // A band is two datasets: its lower edge, and its upper edge filled down to it.
  const band = (s, low, high, alpha) => [
    { data: points(low), borderWidth: 0, pointRadius: 0, fill: false, quiet: true },
    { data: points(high), borderWidth: 0, pointRadius: 0, fill: "-1", backgroundColor: pale(look(s).color, alpha),
      quiet: true },
  ];
  const overYears = (datasets, title, more) => ({
    type: "line",
    data: { datasets },
    options: {
      parsing: false,
      scales: {
        x: axis("Years since the start of the reform", { type: "linear", min: data.year[0], max: data.year[last],
          ticks: { precision: 0, maxTicksLimit: 16 } }),
        y: axis(title, { grace: "5%" }),
      },
      plugins: { legend, tooltip: { filter: (item) => !item.dataset.quiet,
        callbacks: { title: (items) => (items.length ? `Year ${items[0].parsed.x}` : "") } } },
      ...more,
    },
  });

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

  // Marks with intervals at named places.
  function dots(datasets, labels, title, apart) {
    return {
      type: "line",
      data: { datasets },
      options: {
        parsing: false, zeroLine: true,
        scales: {
          x: { type: "linear", min: -0.5, max: labels.length - 0.5, grid: { display: false },
            afterBuildTicks: (scale) => { scale.ticks = labels.map((_, i) => ({ value: i })); },
            ticks: { callback: (value) => labels[Math.round(value)] || "", autoSkip: false, maxRotation: 40 } },
          y: axis(title, { grace: "8%" }),
        },
        interaction: { mode: "nearest", intersect: false },
        plugins: {
          legend: { position: "bottom", labels: apart ? { usePointStyle: true, padding: 14 } : legend.labels },
          tooltip: { callbacks: { title: (items) => (items.length ? labels[Math.round(items[0].parsed.x)] : "") } },
        },
      },
    };
  }

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

  const drawn = new Map();
  const plugins = [paper, zero, whiskers, inside];

  // The numbers of a chart as they are, with nine digits, for the CSV.
  const csv = (rows) => rows.map((row) => row.map((value) => {
    const text = value === null || value === undefined ? "" : String(typeof value === "number"
      ? Number(value.toPrecision(9)) : value);
    // A text that a spreadsheet would take for a formula is only a text.
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }).join(",")).join("\r\n") + "\r\n";

  function save(name, blob) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // The same chart again, on paper of a fixed size.
  function redrawn(id, canvas, platform, ratio) {
    const { config } = makers[id]();
    return new Chart(canvas, { ...config, plugins, platform,
      options: { ...config.options, responsive: false, animation: false, devicePixelRatio: ratio, events: [] } });
  }
  const WIDE = 1000, HIGH = 560;
  function pngOf(id) {
    const canvas = document.createElement("canvas");
    canvas.width = WIDE;
    canvas.height = HIGH;
    const chart = redrawn(id, canvas, undefined, 2);
    return new Promise((done) => canvas.toBlob((blob) => { chart.destroy(); done(blob); }, "image/png"));
  }
  function svgOf(id) {
    const context = new SvgContext(WIDE, HIGH);
    const chart = redrawn(id, context.canvas, Chart.BasicPlatform, 1);
    chart.draw();
    const { parts } = context;
    // Drawn twice: what was drawn when it was made, and now. The last sheet of paper begins the picture.
    let begin = 0;
    parts.forEach((part, i) => { if (part.includes(`fill="#ffffff"`) && part.includes(`L${WIDE}.00 ${HIGH}.00`)) begin = i; });
    context.parts = parts.slice(begin);
    const text = context.svg(one(`#${id} figcaption`).textContent.trim());
    chart.destroy();
    return new Blob([text], { type: "image/svg+xml" });
  }

  function cell(row, value, header) {
    const element = document.createElement(header ? "th" : "td");
    if (header) element.scope = header;
    element.textContent = typeof value === "number" ? Number(value.toFixed(4)).toString() : value === null ? "" : value;
    row.append(element);
  }
  function fillTable(holder, caption, rows) {
    const frame = document.createElement("div"), table = document.createElement("table");
    frame.className = "scroll";
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", caption);
    table.createCaption().textContent = caption;
    const head = table.createTHead().insertRow();
    rows[0].forEach((value) => cell(head, value, "col"));
    const body = table.createTBody();
    rows.slice(1).forEach((values) => {
      const row = body.insertRow();
      values.forEach((value, i) => cell(row, value, i === 0 ? "row" : null));
    });
    frame.append(table);
    holder.replaceChildren(frame);
  }

  function draw(id) {
    const figure = document.getElementById(id);
    if (!figure) return;
    const made = makers[id]();
    if (!made) {
      figure.hidden = true;
      return;
    }
    if (drawn.has(id)) drawn.get(id).destroy();
    const frame = one(".canvas", figure);
    frame.classList.toggle("low", Boolean(made.low));
    drawn.set(id, new Chart(one("canvas", figure), { ...made.config, plugins }));
    const details = one("details.numbers", figure), holder = one(".data", figure);
    const caption = one("figcaption", figure).textContent.trim();
    // A table of many rows is only made when it is asked for.
    details.ontoggle = () => { if (details.open) fillTable(holder, caption, makers[id]().rows); };
    if (details.open) fillTable(holder, caption, made.rows);
    const tools = one(".tools", figure);
    if (tools.childElementCount) return;
    for (const [kind, make] of [["PNG", () => pngOf(id)], ["SVG", () => svgOf(id)],
      ["CSV", () => new Blob([csv(makers[id]().rows)], { type: "text/csv" })]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${kind === "CSV" ? "Data" : "Picture"} (${kind})`;
      button.setAttribute("aria-label", `Save ${caption} as ${kind}`);
      button.addEventListener("click", async () => save(`${id}.${kind.toLowerCase()}`, await make()));
      tools.append(button);
    }
  }

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
  document.documentElement.dataset.charts = String(drawn.size);
})();
