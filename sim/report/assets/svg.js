// A drawing context that writes down what the chart library draws, as SVG: as much of CanvasRenderingContext2D as the
// library's lines, bars, points and texts use.
"use strict";
class SvgContext {
  constructor(width, height) {
    this.canvas = { width, height, style: {}, getContext: () => this, addEventListener() {}, removeEventListener() {},
      getAttribute: () => null, setAttribute() {}, isConnected: true };
    this.ruler = document.createElement("canvas").getContext("2d");
    this.parts = []; this.definitions = []; this.stack = []; this.path = [];
    this.state = { fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, font: "12px sans-serif", textAlign: "start",
      textBaseline: "alphabetic", globalAlpha: 1, lineCap: "butt", lineJoin: "miter", lineDashOffset: 0,
      globalCompositeOperation: "source-over", miterLimit: 10, shadowBlur: 0, dash: [], matrix: [1, 0, 0, 1, 0, 0],
      clip: null };
    for (const name of Object.keys(this.state))
      if (!["dash", "matrix", "clip"].includes(name))
        Object.defineProperty(this, name, { get: () => this.state[name], set: (value) => { this.state[name] = value; } });
  }
  save() { this.stack.push({ ...this.state, dash: [...this.state.dash], matrix: [...this.state.matrix] }); }
  restore() { if (this.stack.length) this.state = this.stack.pop(); }
  setLineDash(dash) { this.state.dash = [...dash]; }
  getLineDash() { return [...this.state.dash]; }
  transform(a, b, c, d, e, f) {
    const m = this.state.matrix;
    this.state.matrix = [m[0] * a + m[2] * b, m[1] * a + m[3] * b, m[0] * c + m[2] * d, m[1] * c + m[3] * d,
      m[0] * e + m[2] * f + m[4], m[1] * e + m[3] * f + m[5]];
  }
  translate(x, y) { this.transform(1, 0, 0, 1, x, y); }
  scale(x, y) { this.transform(x, 0, 0, y, 0, 0); }
  rotate(angle) {
    this.transform(Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0);
  }
  setTransform(a, b, c, d, e, f) { this.state.matrix = [a, b, c, d, e, f]; }
  resetTransform() { this.state.matrix = [1, 0, 0, 1, 0, 0]; }
  at(x, y) {
    const m = this.state.matrix;
    return `${(m[0] * x + m[2] * y + m[4]).toFixed(2)} ${(m[1] * x + m[3] * y + m[5]).toFixed(2)}`;
  }
  beginPath() { this.path = []; }
  closePath() { this.path.push("Z"); }
  moveTo(x, y) { this.path.push(`M${this.at(x, y)}`); }
  lineTo(x, y) { this.path.push(`${this.path.length ? "L" : "M"}${this.at(x, y)}`); }
  bezierCurveTo(a, b, c, d, x, y) { this.path.push(`C${this.at(a, b)} ${this.at(c, d)} ${this.at(x, y)}`); }
  quadraticCurveTo(a, b, x, y) { this.path.push(`Q${this.at(a, b)} ${this.at(x, y)}`); }
  rect(x, y, w, h) {
    this.moveTo(x, y); this.lineTo(x + w, y); this.lineTo(x + w, y + h); this.lineTo(x, y + h); this.closePath();
  }
  // As a polygon: fine enough for points of a few pixels, and right under every transformation.
  arc(x, y, radius, from, to, backwards) {
    let sweep = to - from;
    if (backwards && sweep > 0) sweep -= 2 * Math.PI;
    if (!backwards && sweep < 0) sweep += 2 * Math.PI;
    sweep = Math.max(-2 * Math.PI, Math.min(2 * Math.PI, sweep));
    for (let k = 0; k <= 24; ++k) {
      const angle = from + (sweep * k) / 24;
      this.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
  }
  clip() {
    const name = `clip${this.definitions.length}`;
    const inside = this.state.clip ? ` clip-path="url(#${this.state.clip})"` : "";
    this.definitions.push(`<clipPath id="${name}"><path d="${this.path.join("")}"${inside}/></clipPath>`);
    this.state.clip = name;
  }
  clipped() { return this.state.clip ? ` clip-path="url(#${this.state.clip})"` : ""; }
  draw(path, attributes) {
    if (path.length)
      this.parts.push(`<path d="${path.join("")}"${attributes} opacity="${this.state.globalAlpha}"${this.clipped()}/>`);
  }
  strokeStyleText() {
    const dash = this.state.dash.length ? ` stroke-dasharray="${this.state.dash.join(" ")}"` : "";
    return ` fill="none" stroke="${SvgContext.text(this.state.strokeStyle)}" stroke-width="${this.state.lineWidth}"` +
      ` stroke-linecap="${this.state.lineCap}" stroke-linejoin="${this.state.lineJoin}"${dash}`;
  }
  fill() { this.draw(this.path, ` fill="${SvgContext.text(this.state.fillStyle)}"`); }
  stroke() { if (this.state.lineWidth > 0) this.draw(this.path, this.strokeStyleText()); }
  boxed(x, y, w, h, how) {
    const path = this.path;
    this.path = [];
    this.rect(x, y, w, h);
    how();
    this.path = path;
  }
  fillRect(x, y, w, h) { this.boxed(x, y, w, h, () => this.fill()); }
  strokeRect(x, y, w, h) { this.boxed(x, y, w, h, () => this.stroke()); }
  clearRect() {}
  measureText(text) {
    this.ruler.font = this.state.font;
    return this.ruler.measureText(text);
  }
  fillText(text, x, y) {
    const anchor = { center: "middle", right: "end", end: "end" }[this.state.textAlign] || "start";
    const size = /([\d.]+)px/.exec(this.state.font);
    const drop = { middle: 0.35, top: 0.8, hanging: 0.8, bottom: -0.2 }[this.state.textBaseline] || 0;
    const m = this.state.matrix;
    const pixels = size ? Number(size[1]) : 12;
    const weight = /bold/.test(this.state.font) ? ' font-weight="bold"' : "";
    this.parts.push(`<text transform="matrix(${m.map((v) => v.toFixed(3)).join(" ")})" x="${x}" ` +
      `y="${y + drop * pixels}" font-size="${pixels}"${weight} font-family="sans-serif" text-anchor="${anchor}" ` +
      `fill="${SvgContext.text(this.state.fillStyle)}"${this.clipped()}>${SvgContext.text(text)}</text>`);
  }
  strokeText() {}
  static text(value) {
    return String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  }
  svg(title) {
    const { width, height } = this.canvas;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}"><title>${SvgContext.text(title)}</title>` +
      `<defs>${this.definitions.join("")}</defs>${this.parts.join("\n")}</svg>\n`;
  }
}
