// The figures of a page: each is drawn by its maker, which gives the chart and its rows of numbers, and has its table,
// CSV, PNG and SVG. `about` says what the numbers rest on, in a sentence under the title of a picture.
"use strict";
function makeFigures(makers, about) {
  const one = (selector, from = document) => from.querySelector(selector);
  const { plugins } = ChartKit;
  const drawn = new Map();

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
    const said = { display: true, align: "start" };
    return new Chart(canvas, { ...config, plugins, platform,
      options: { ...config.options, responsive: false, animation: false, devicePixelRatio: ratio, events: [],
        layout: { padding: 14 },
        plugins: { ...config.options.plugins,
          title: { ...said, text: one(`#${id} figcaption`).textContent.trim(), font: { size: 17 } },
          subtitle: { ...said, text: about(), padding: { bottom: 12 } } } } });
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
    const real = window.Path2D;
    window.Path2D = SvgPath;
    let chart;
    try {
      chart = redrawn(id, context.canvas, Chart.BasicPlatform, 1);
      chart.draw();
    } finally {
      window.Path2D = real;
    }
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
    figure.hidden = false;
    one(".canvas", figure).classList.toggle("low", Boolean(made.low));
    const chart = drawn.get(id);
    if (chart) {
      chart.data = made.config.data;
      chart.options = made.config.options;
      chart.update("none");
    } else {
      drawn.set(id, new Chart(one("canvas", figure), { ...made.config, plugins }));
    }
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

  return { draw, drawn, fillTable, save };
}
