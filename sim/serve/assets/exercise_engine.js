// What a guided exercise asks of the program, and its answers as numbers in words: scenarios are asked once for each belief,
// one after the other, and quantities are made of their measures. See exercise.js for `host`.
"use strict";
const ExerciseEngine = (() => {
  // ---- numbers

  const units = (unit) => {
    if (unit.startsWith("share")) return { scale: 100, level: "%", difference: " points", least: 0 };
    if (unit === "pupil SD") return { scale: 1, level: " SD", difference: " SD", least: 2 };
    if (unit.startsWith("currency")) return { scale: 1, level: "", difference: "", least: 0 };
    return { scale: 1, level: "", difference: "", least: 1 };
  };
  const number = (value, least, signed) => {
    const digits = Math.abs(value) < 0.0995 * (least === 0 ? 100 : 1) ? least + 1 : least;
    let text = value.toFixed(digits);
    if (/^-0(\.0*)?$/.test(text)) text = text.slice(1);
    return signed && value > 0 && !/^0(\.0*)?$/.test(text) ? `+${text}` : text;
  };
  const words = (unit, value, signed) => {
    if (value === null || value === undefined || !Number.isFinite(value)) return "not defined";
    const { scale, level, difference, least } = units(unit);
    return number(value * scale, least, signed) + (signed ? difference : level);
  };
  const holdsWords = (found) => {
    const sets = `${found.sets} sets of parameters`;
    if (found.holds === found.sets) return `in all ${sets}`;
    return found.holds === 0 ? `in none of ${sets}` : `in ${found.holds} of ${sets}`;
  };

  // ---- answers of the engine, each asked once

  class Engine {
    constructor(exercise, host) {
      this.exercise = exercise;
      this.host = host;
      this.known = new Map();  // settled answers by scenario and belief
      this.queue = Promise.resolve();
      this.closed = false;
      this.measures = [...new Set([
        ...exercise.reveal.filter((step) => step.chart !== "map").flatMap((step) => step.measures),
        ...exercise.chain.links.map((link) => link.measure),
        ...[exercise.prediction.about, ...exercise.effects.map((effect) => effect.quantity)].flatMap((quantity) =>
          [quantity.measure, quantity.less, quantity.over].filter(Boolean)),
      ])];
    }

    question(name, belief) {
      const scenario = this.exercise.scenarios[name];
      return { levers: scenario.levers, belief, measures: this.measures };
    }

    // Answers of scenarios, one after the other (the engine drops an older question for a newer one); `onPart` is
    // called as they get better. The baseline comes along with any other.
    answers(names, belief, onPart = () => {}) {
      const wanted = names.filter((name) => name !== this.exercise.baseline);
      const asked = wanted.length ? wanted : [Object.keys(this.exercise.scenarios).find((name) =>
        name !== this.exercise.baseline)];
      const all = {};
      const run = async () => {
        for (const name of asked) {
          if (this.closed) throw new Error("closed");
          const key = `${belief || ""}/${name}`;
          if (!this.known.has(key)) {
            await new Promise((done, failed) => {
              this.host.ask(this.question(name, belief), (answer) => {
                if (answer.problem) return failed(new Error(answer.problem));
                all[name] = answer;
                onPart(all);
                if (answer.settled) {
                  this.known.set(key, answer);
                  done();
                }
                return undefined;
              });
            });
          }
          all[name] = this.known.get(key);
          onPart(all);
        }
        return all;
      };
      const result = this.queue.then(run);
      this.queue = result.catch(() => {});
      return result;
    }

    // The series of a measure in a scenario, or nothing while it is not known.
    series(all, name, measure) {
      const baseline = name === this.exercise.baseline;
      const answer = baseline ? Object.values(all)[0] : all[name];
      if (!answer) return null;
      const { baseline: base, reform, difference } = answer.measures[measure];
      const side = baseline ? base : reform;
      return { year: answer.year, mean: side.mean, low: side.band_low, high: side.band_high, against: difference };
    }

    level(all, name, measure, year) {
      const series = this.series(all, name, measure);
      if (!series) return NaN;
      const value = series.mean[series.year.findIndex((at) => Math.abs(at - year) < 1e-9)];
      return value === undefined || value === null ? NaN : value;
    }

    // What a quantity of the exercise comes to; see `Quantity` in exercise.hpp.
    quantity(all, q) {
      const change = (measure) => {
        const of = (name) => this.level(all, name, measure, q.year) -
          (q.since === undefined ? 0 : this.level(all, name, measure, q.since));
        return of(q.scenario) - (q.against ? of(q.against) : 0);
      };
      if (q.over) {
        const bottom = change(q.over);
        return Math.abs(bottom) > 1e-6 ? change(q.measure) / bottom : NaN;
      }
      return change(q.measure) - (q.less ? change(q.less) : 0);
    }
  }

  const scenariosOf = (q) => [q.scenario, ...(q.against ? [q.against] : [])];
  const within = (value, { above, below }) => Number.isFinite(value) &&
    (above === undefined || value > above) && (below === undefined || value <= below);

  return { words, units, holdsWords, Engine, scenariosOf, within };
})();
