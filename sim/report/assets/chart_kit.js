// What the charts of the report and of the live page share: their looks, their kinds, and how numbers are rounded.
"use strict";
const ChartKit = (() => {
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
  const pale = (color, alpha) => color + Math.round(alpha * 255).toString(16).padStart(2, "0");

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
  const points = (xs, ys) => ys.map((y, i) => ({ x: xs[i], y }));
  const lineOf = (look, label, xs, ys, more = {}) => ({
    label, data: points(xs, ys), borderColor: look.color, backgroundColor: "#ffffff", borderDash: look.dash,
    borderWidth: 3, pointRadius: 0, pointHitRadius: 8, fill: false, ...more,
  });
  // A band is two datasets: its lower edge, and its upper edge filled down to it.
  const band = (look, xs, low, high, alpha) => [
    { data: points(xs, low), borderWidth: 0, pointRadius: 0, fill: false, quiet: true },
    { data: points(xs, high), borderWidth: 0, pointRadius: 0, fill: "-1", backgroundColor: pale(look.color, alpha),
      quiet: true },
  ];
  const overYears = (years, datasets, title, more) => ({
    type: "line",
    data: { datasets },
    options: {
      parsing: false,
      scales: {
        x: axis("Years since the start of the reform", { type: "linear", min: years[0], max: years[years.length - 1],
          ticks: { precision: 0, maxTicksLimit: 16 } }),
        y: axis(title, { grace: "5%" }),
      },
      plugins: { legend, tooltip: { filter: (item) => !item.dataset.quiet,
        callbacks: { title: (items) => (items.length ? `Year ${items[0].parsed.x}` : "") } } },
      ...more,
    },
  });

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

  return { LOOKS, pale, axis, signed, plain, decimalsFor, legend, points, lineOf, band, overYears, dots,
    plugins: [paper, zero, whiskers, inside] };
})();
