// Plain words: names of levers and their groups, values with their units, differences rounded to what their interval
// supports. The program's own meaning of a lever stands beside it on the page; a lever without a name here shows its path.
"use strict";
(() => {
  const MONTH = 0.08;  // pupil SD counted as a month of school, as in the report

  const NAMES = {
    "external_accountability.publication": "Results published and compared",
    "external_accountability.stakes": "Sanctions for missing the target",
    "external_accountability.inspection": "Inspections",
    "external_accountability.target_kind": "Kind of target",
    "external_accountability.target": "Height of the target",
    "external_accountability.target_rise": "Target rises every year",
    "external_accountability.unit": "Who is held to account",
    "individualistic_policies.appraisal": "Every teacher graded",
    "individualistic_policies.merit_pay": "Pay by results",
    "individualistic_policies.dismissal": "Weak teachers dismissed",
    "individualistic_policies.exceptional_heads": "Exceptional heads for schools",
    "technology.investment": "Devices and software",
    "ad_hoc_policies.initiatives": "New initiatives",
    "ad_hoc_policies.life": "Life of an initiative",
    "coordinated_policy.alignment": "Policies that fit together",
    "capacity_building.broadcast": "One-off courses and circulars",
    "capacity_building.light_touch": "Short training with follow-up",
    "capacity_building.coaching": "Teachers coached",
    "collaboration.time": "Time for teachers to work together",
    "pedagogy.focus": "Training and meetings about teaching",
    "governance.prescription": "Teaching prescribed from the centre",
    "governance.autonomy": "Schools decide for themselves",
    "governance.autonomy_earned": "Freedom has to be earned",
    "governance.choice": "Parents choose the school",
    "governance.competition": "Schools compete",
    "governance.district_role": "Role of the districts",
    "networks.participation": "How schools join networks",
    "networks.expectation": "Expected, not ordered, to take part",
    "networks.cluster_size": "Size of a cluster",
    "networks.composition": "Who is put together",
    "networks.outcome_focus": "Focus on pupils' outcomes",
    "networks.moral_purpose": "Shared moral purpose",
    "networks.transparency": "Openness about weaknesses",
    "networks.peer_review": "Schools review one another",
    "networks.enquiry_cycles": "Long cycles of joint enquiry",
    "networks.shared_accountability": "Shared accountability",
    "networks.beyond_leaders": "Teachers and families take part",
    "networks.openness": "Open to other clusters",
    "networks.facilitation": "Facilitators paid for each cluster",
    "networks.release": "Facilitators leave as clusters grow",
    "networks.brokering": "Strong schools lend staff to weak ones",
    "networks.support_ratio": "Strong schools behind each supported one",
    "networks.hubs": "Hub schools",
    "networks.leader_training": "Leaders trained to lead in the middle",
    "networks.cross_review": "Clusters review one another",
    "system_leadership.electoral_cycle": "Years between elections",
    "system_leadership.patience": "Patience of the centre",
    "system_leadership.students_first": "Pupils come first",
    "system_leadership.challenge_and_support": "Challenge and support together",
    "system_leadership.close_to_middle": "Close to the leaders in the middle",
    "system_leadership.persistence": "Stays with a reform",
    "system_leadership.teachers_as_partners": "Teachers as partners",
    "system_leadership.theory_of_change": "Acts on evidence",
    "system_leadership.school_to_school": "Champions school-to-school help",
    "system_leadership.outward_looking": "Learns from other systems",
    "system_leadership.coalition_building": "Builds coalitions",
    "funding.total_per_pupil": "All money for schools",
    "funding.reform_per_pupil": "Money for the reform",
    "funding.grant_per_pupil": "Grant offered to districts",
    "funding.grant_rule": "How the grant is shared out",
    "funding.rule": "How reform money is shared out",
  };
  // Those that the report shows, in its words and its order.
  Live.measures = () => Live.welcome.measures.filter((measure) => measure.label);
  // The six groups of levers, by the first part of the path; which of them stand in the first view.
  const GROUPS = [
    { name: "pressure", title: "Pressure, pay, devices, initiatives", sections: ["external_accountability",
      "individualistic_policies", "technology", "ad_hoc_policies"], first: ["external_accountability.stakes",
      "individualistic_policies.merit_pay", "technology.investment", "ad_hoc_policies.initiatives"] },
    { name: "capacity", title: "Training and working together", sections: ["capacity_building", "collaboration",
      "pedagogy", "coordinated_policy"], first: ["capacity_building.coaching", "collaboration.time",
      "coordinated_policy.alignment"] },
    { name: "governance", title: "Who decides", sections: ["governance"], first: ["governance.prescription",
      "governance.autonomy"] },
    { name: "networks", title: "Networks of schools", sections: ["networks"], first: ["networks.participation",
      "networks.facilitation", "networks.peer_review"] },
    { name: "leadership", title: "Leadership at the top", sections: ["system_leadership"],
      first: ["system_leadership.persistence"] },
    { name: "money", title: "Money", sections: ["funding"], first: ["funding.reform_per_pupil"] },
  ];

  // Sets of beliefs in the words of a room; another set has its own.
  const BELIEFS = {
    default: ["the middle of the evidence", "Every assumption about schools has its middle value."],
    calibrated: ["sets that fit what was seen", "Many sets of assumptions that fit what was seen in real school systems; the pairs " +
      "of histories take them in turn."],
    calibrated_central: ["one set that fits well", "A set of assumptions that fits what was seen in real school systems best " +
      "of the few that were tried on all of it."],
    sceptical: ["those who doubt networks", "What speaks for networks and for leading from the middle is at the doubtful end of " +
      "the evidence, what speaks for accountability, programmes and autonomy at the hopeful end. Nobody has to believe all of it."],
    optimistic: ["those who trust in networks", "What speaks for networks and for leading from the middle is at the hopeful end of " +
      "the evidence, what speaks for accountability, programmes and autonomy at the doubtful end. Nobody has to believe all of it."],
  };
  Live.beliefWords = (name) => {
    const belief = Live.welcome.beliefs.find((b) => b.name === name) || { name };
    return BELIEFS[name] || [belief.title || name, belief.description || ""];
  };
  // The presets as people are used to see them: the status quo first.
  const ORDER = ["status_quo", "top_down", "autonomous", "networked"];
  Live.presets = () => [...Live.welcome.presets].sort((a, b) => (ORDER.indexOf(a.name) + 1 || 99) - (ORDER.indexOf(b.name) + 1 || 99));

  const plainWord = (text) => String(text).replace(/_/g, " ");
  Live.nameOf = (path) => {
    if (NAMES[path]) return NAMES[path];
    const words = plainWord(path.split(".").pop());
    return words.charAt(0).toUpperCase() + words.slice(1);
  };
  Live.groups = () => {
    const groups = GROUPS.map((group) => ({ ...group, levers: Live.welcome.levers.filter((l) =>
      group.sections.includes(l.section || l.path.split(".")[0])) }));
    const rest = Live.welcome.levers.filter((l) => !groups.some((g) => g.levers.includes(l)));
    if (rest.length) groups.push({ name: "other", title: "Other levers", sections: [], first: [], levers: rest });
    return groups;
  };

  const trimmed = (number, most = 3) => Number(number.toFixed(most)).toString();
  const thousands = (number) => Math.round(number).toLocaleString("en");
  const sdWords = (sd) => `${trimmed(sd)} SD (${trimmed(sd / MONTH, 1)} months of learning)`;
  // A lever's value as people say it.
  Live.valueWords = (lever, value) => {
    if (lever.type === "choice") return plainWord(value);
    const unit = lever.unit || "";
    if (unit === "share") return `${trimmed(100 * value, 1)}%`;
    if (unit === "share/year") return `${trimmed(100 * value, 1)}% a year`;
    if (unit === "pupil SD") return sdWords(value);
    if (unit === "pupil SD/year") return `${sdWords(value)} a year`;
    if (unit === "year") return `${trimmed(value, 1)} ${value === 1 ? "year" : "years"}`;
    if (unit.startsWith("currency")) return `${thousands(value)} a pupil and year`;
    if (unit.endsWith("/year")) return `${trimmed(value, 2)} a year`;
    return `${trimmed(value, 2)} ${unit}`.trim();
  };
  const yearWords = (years) => `${trimmed(years, 1)} ${years === 1 ? "year" : "years"}`;
  Live.yearWords = yearWords;
  // A whole schedule: "50%, reached in 2 years, from year 1 to year 8".
  Live.entryWords = (lever, entry) => {
    const ends = entry.to !== undefined && entry.to !== null && entry.to !== "never";
    return Live.valueWords(lever, entry.value) +
      (entry.ramp ? `, reached over ${yearWords(entry.ramp)}` : "") +
      (entry.from ? `, from year ${trimmed(entry.from, 1)}` : "") +
      (ends ? `${entry.from ? "" : ","} until year ${trimmed(entry.to, 1)}` : "") +
      (entry.scope ? ", in some schools only" : "");
  };
  Live.planWords = (lever, entries) => (entries.length ? entries.map((entry) => Live.entryWords(lever, entry)).join("; ")
    : Live.valueWords(lever, lever.status_quo));

  // ---- differences, as in the report

  const finite = (value) => value !== null && value !== undefined && Number.isFinite(value);
  Live.finite = finite;
  Live.months = (sd) => sd / MONTH;
  // What a measure's unit is on the page, and how many decimals are the most.
  Live.shown = (measure) => {
    const sd = measure.unit === "pupil SD", { scale, shown_unit: unit, decimals } = measure;
    return { scale: scale || 1, unit: unit || measure.unit, sd, decimals: finite(decimals) ? decimals : sd ? 3 : 1 };
  };
  Live.differenceWords = (measure, at) => {
    if (!finite(at.mean)) return "not defined";
    const { scale, decimals } = Live.shown(measure);
    if (at.mean === 0 && !(at.high > at.low)) return "no difference";
    return ChartKit.signed(at.mean * scale, ChartKit.decimalsFor(scaled(at.low, scale), scaled(at.high, scale), decimals));
  };
  const scaled = (value, scale) => (finite(value) ? value * scale : null);
  Live.intervalWords = (measure, at) => {
    if (!finite(at.low) || !finite(at.high) || at.low === at.high) return "";
    const { scale, decimals } = Live.shown(measure);
    const places = ChartKit.decimalsFor(at.low * scale, at.high * scale, decimals);
    const from = ChartKit.signed(at.low * scale, places), to = ChartKit.signed(at.high * scale, places);
    return from === to ? "" : `${from} to ${to}`;
  };
  Live.clear = (at) => finite(at.low) && finite(at.high) && (at.low > 0 || at.high < 0);
  Live.monthsNumber = (at) => {
    const low = scaled(at.low, 1 / MONTH), high = scaled(at.high, 1 / MONTH);
    return Math.abs(at.mean / MONTH).toFixed(Math.min(1, ChartKit.decimalsFor(low, high, 1)));
  };
  Live.monthsWords = (at) => {
    if (!finite(at.mean)) return "not defined";
    if (finite(at.low) && !Live.clear(at)) return "no clear difference";
    if (Math.abs(at.mean / MONTH) < 0.05) return "less than a tenth of a month";
    const number = Live.monthsNumber(at);
    return `${number} ${Number(number) === 1 ? "month" : "months"} ${at.mean > 0 ? "more" : "less"}`;
  };
  Live.levelWords = (measure, value, spread) => {
    if (!finite(value)) return "not defined";
    const { scale, decimals } = Live.shown(measure);
    const places = spread ? ChartKit.decimalsFor(spread[0] * scale, spread[1] * scale, decimals) : decimals;
    return measure.unit.startsWith("currency") ? thousands(value) : (value * scale).toFixed(Math.min(places, decimals));
  };
  // The number of a measure at a year: {mean, low, high, band_low, band_high} of the difference.
  Live.at = (fan, name, what, t) => {
    const row = fan.measures[name] && fan.measures[name][what];
    if (!row) return null;
    const at = {};
    for (const key of Object.keys(row)) at[key] = row[key][t];
    return at;
  };
  Live.measure = (name) => Live.welcome.measures.find((m) => m.name === name);
  Live.lastYear = (fan) => fan.year.length - 1;
  // The reform in a few words.
  Live.title = (policy = Live.policy) => {
    const preset = policy.preset && Live.preset(policy.preset), changed = Object.keys(policy.levers).length;
    if (changed && JSON.stringify(policy) === JSON.stringify(Live.welcome.initial)) return Live.welcome.scenario.title;
    if (!preset) return changed ? "Your reform" : Live.baselineTitle();
    return changed ? `${preset.title}, changed` : preset.title;
  };
  Live.noReform = (policy) => !Object.keys(policy.levers).length
    && !(policy.preset && Object.keys(Live.preset(policy.preset).levers).length);
  Live.baselineTitle = () => {
    const found = Live.welcome.presets.find((p) => !Object.keys(p.levers).length);
    return found ? found.title : "Status quo";
  };
})();
