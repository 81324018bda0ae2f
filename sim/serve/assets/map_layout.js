// Where the dots of the schools stand: at their places where the list gives them, otherwise packed as circles, schools in
// clusters in districts (d3's circle packing); and the colours they take.
"use strict";
const MapLayout = (() => {
  // Viridis (van der Walt and Smith 2015), read alike with every kind of colour vision; for differences orange to blue.
  const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];
  const APART = ["#a63f00", "#d55e00", "#eb9a5c", "#f6d2b3", "#f0f0f0", "#b5d5ea", "#66aad6", "#0072b2", "#00466e"];
  const parts = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  function ramp(stops) {
    const table = [];
    for (let i = 0; i < 256; ++i) {
      const at = (i / 255) * (stops.length - 1), k = Math.min(stops.length - 2, Math.floor(at)), f = at - k;
      const a = parts(stops[k]), b = parts(stops[k + 1]);
      table.push(`rgb(${a.map((v, c) => Math.round(v + (b[c] - v) * f)).join(",")})`);
    }
    return table;
  }
  const ramps = { level: ramp(VIRIDIS), apart: ramp(APART) };
  const stops = { level: VIRIDIS, apart: APART };

  // Both layouts give x, y, r of each school in a square of 1, circles of districts and of clusters, and the side's ratio.
  function byPlace(schools) {
    const known = [];
    schools.x.forEach((x, i) => { if (x !== null && schools.y[i] !== null) known.push(i); });
    const span = (list) => known.reduce(([a, b], i) => [Math.min(a, list[i]), Math.max(b, list[i])], [Infinity, -Infinity]);
    const [x0, x1] = span(schools.x), [y0, y1] = span(schools.y);
    const size = Math.max(x1 - x0, y1 - y0, 1e-9), n = schools.code.length;
    const out = { kind: "place", x: new Float64Array(n).fill(NaN), y: new Float64Array(n).fill(NaN), r: new Float64Array(n),
      width: (x1 - x0) / size, height: (y1 - y0) / size, districts: [], clusters: [], missing: n - known.length };
    const most = Math.max(...schools.pupils.map((p) => p || 0), 1), unit = Math.min(0.012, 0.4 / Math.sqrt(n));
    for (const i of known) {
      out.x[i] = (schools.x[i] - x0) / size;
      out.y[i] = (y1 - schools.y[i]) / size;
      out.r[i] = unit * (0.35 + 0.65 * Math.sqrt((schools.pupils[i] || 0) / most));
    }
    return out;
  }
  // Clusters nest in districts where most of them lie within one; what a cluster has in each district is a circle.
  function packed(schools, cluster) {
    const n = schools.code.length, homes = new Map();
    if (cluster) cluster.forEach((c, i) => {
      if (c >= 0) homes.set(c, (homes.get(c) || new Set()).add(schools.district[i]));
    });
    const spread = [...homes.values()].filter((districts) => districts.size > 1).length, nests = homes.size > 0 && 2 * spread < homes.size;
    const districts = new Map();
    for (let i = 0; i < n; ++i) {
      const d = schools.district[i], c = nests ? cluster[i] : -1;
      if (!districts.has(d)) districts.set(d, new Map());
      const inside = districts.get(d);
      if (!inside.has(c)) inside.set(c, []);
      inside.get(c).push({ school: i, value: Math.max(20, schools.pupils[i] || 0) });
    }
    const tree = { children: [...districts].map(([district, inside]) => ({ district, children: [...inside].flatMap(
      ([c, leaves]) => (c < 0 || (leaves.length < 2 && homes.get(c).size < 2) ? leaves : [{ cluster: c, children: leaves }])) })) };
    const root = d3.hierarchy(tree).sum((d) => d.value || 0).sort((a, b) => b.value - a.value);
    d3.pack().size([1, 1]).padding((node) => (node.depth === 0 ? 0.006 : node.data.cluster !== undefined ? 0.0006 : 0.0015))(root);
    const out = { kind: "packed", x: new Float64Array(n), y: new Float64Array(n), r: new Float64Array(n), width: 1, height: 1,
      districts: [], clusters: [], missing: 0, nests };
    root.each((node) => {
      const circle = { x: node.x, y: node.y, r: node.r };
      if (node.data.school !== undefined) {
        out.x[node.data.school] = node.x;
        out.y[node.data.school] = node.y;
        out.r[node.data.school] = node.r;
      } else if (node.data.cluster !== undefined) {
        out.clusters.push({ ...circle, cluster: node.data.cluster });
      } else if (node.data.district !== undefined) {
        out.districts.push({ ...circle, district: node.data.district });
      }
    });
    return out;
  }
  const hasPlaces = (schools) => schools.x.filter((x, i) => x !== null && schools.y[i] !== null).length > 0.5 * schools.code.length;
  const layout = (schools, cluster, stand) => (stand === "place" && hasPlaces(schools) ? byPlace(schools) : packed(schools, cluster));

  // From low to high; a value outside takes the colour of the end.
  const colour = (kind, value, [low, high]) => {
    if (value === null || !Number.isFinite(value)) return "#9a9a9a";
    const share = (value - low) / (high - low || 1);
    return ramps[kind][Math.max(0, Math.min(255, Math.round(255 * share)))];
  };
  const quantile = (sorted, share) => {
    if (!sorted.length) return NaN;
    const at = share * (sorted.length - 1), k = Math.floor(at);
    return sorted[k] + (at - k) * ((sorted[k + 1] === undefined ? sorted[k] : sorted[k + 1]) - sorted[k]);
  };
  const sortedOf = (values) => values.filter((v) => v !== null && Number.isFinite(v)).sort((a, b) => a - b);
  return { layout, hasPlaces, colour, stops, quantile, sortedOf };
})();
