// Who gains: from the schools of one simulated history, the first, when an answer has settled. It holds no interval, and
// the sentence says so; where the program tells of all histories ("winners", "fifths"), that is taken instead.
"use strict";
(() => {
  const LEAST = 0.02;  // pupil SD, as in the report: about a week of learning
  let asked = 0, of = null;

  function gains(baseline, reform) {
    let known = 0, better = 0, worse = 0;
    baseline.forEach((before, i) => {
      if (!Live.finite(before) || !Live.finite(reform[i])) return;
      ++known;
      if (reform[i] - before >= LEAST) ++better;
      if (reform[i] - before <= -LEAST) ++worse;
    });
    if (!known) return null;
    return { better: better / known, worse: worse / known };
  }

  Live.on("settled", (fan) => {
    if (fan.winners || Live.noReform(fan.policy) || !Live.welcome.columns.some((c) => c.name === "value_added")) return;
    of = fan;
    asked = Live.askMap(fan.year[Live.lastYear(fan)], ["value_added"]);
  });
  Live.on("map", (message, fresh) => {
    if (message.id !== asked) return;
    asked = 0;
    if (!fresh || !message.ready || of !== Live.fan) return;
    of.gains = gains(message.columns.value_added.baseline, message.columns.value_added.reform);
    Live.emit("gains");
  });
})();
