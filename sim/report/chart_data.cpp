#include "report/chart_data.hpp"

#include "decide/data.hpp"
#include "report/words.hpp"

namespace reformsim {

namespace {

using Json = nlohmann::ordered_json;

// One array of values for each scenario.
template <class Get>
Json by_scenario(const Findings& f, std::size_t count, Get get) {
  Json all = Json::array();
  for (std::size_t s = 0; s < f.scenarios.size(); ++s) {
    Json row = Json::array();
    for (std::size_t i = 0; i < count; ++i) row.push_back(json_number(get(s, i)));
    all.push_back(std::move(row));
  }
  return all;
}

Json measures_json(const Findings& f) {
  Json list = Json::array();
  for (const ShownMeasure& shown : shown_measures()) {
    const auto m = f.measure(shown.name);
    if (!m) continue;
    Json entry = {{"name", shown.name},
                  {"label", shown.label},
                  {"unit", shown.unit},
                  {"decimals", shown.most_decimals},
                  {"better", shown.better}};
    for (const auto& [key, field] :
         {std::pair{"mean", &Estimate::mean}, std::pair{"band_low", &Estimate::band_low},
          std::pair{"band_high", &Estimate::band_high},
          std::pair{"difference", &Estimate::difference}, std::pair{"low", &Estimate::low},
          std::pair{"high", &Estimate::high},
          std::pair{"difference_band_low", &Estimate::difference_band_low},
          std::pair{"difference_band_high", &Estimate::difference_band_high}})
      entry[key] = by_scenario(f, f.year.size(), [&, field = field](std::size_t s, std::size_t t) {
        return f.at(s, *m, t).*field * shown.scale;
      });
    if (!f.set.empty() && shown.name == "true_attainment_mean")
      for (const auto& [key, field] :
           {std::pair{"parameters_low", &Estimate::difference_parameters_low},
            std::pair{"parameters_high", &Estimate::difference_parameters_high},
            std::pair{"sd_parameters", &Estimate::sd_parameters},
            std::pair{"sd_luck", &Estimate::sd_luck}})
        entry[key] = by_scenario(
            f, f.year.size(),
            [&, field = field](std::size_t s, std::size_t t) { return f.at(s, *m, t).*field; });
    list.push_back(std::move(entry));
  }
  return list;
}

// Value added by group at the end.
Json groups_json(const Findings& f) {
  Json kinds = Json::object();
  const std::size_t last = f.group_year.size() - 1;
  for (const std::string kind : {"deprivation", "size", "phase"}) {
    std::vector<std::size_t> rows;
    Json labels = Json::array();
    for (std::size_t g = 0; g < f.groups.size(); ++g)
      if (f.groups[g].kind == kind && f.groups[g].schools > 0) {
        rows.push_back(g);
        labels.push_back(f.groups[g].label);
      }
    if (rows.empty()) continue;
    Json entry = {{"labels", std::move(labels)}};
    for (const auto& [key, field] :
         {std::pair{"difference", &Estimate::difference}, std::pair{"low", &Estimate::low},
          std::pair{"high", &Estimate::high}})
      entry[key] = by_scenario(f, rows.size(), [&, field = field](std::size_t s, std::size_t i) {
        return f.at(s, rows[i], 0, last).*field;
      });
    kinds[kind] = std::move(entry);
  }
  return kinds;
}

Json balance_json(const Findings& f) {
  Json entry = Json::object();
  const auto of = [&](std::size_t s, std::size_t unit) -> const Balance& {
    return f.balance[s * kEffects * SchoolEffects::kUnits + unit];
  };
  const auto add = [&](std::string_view name, double Balance::*field) {
    entry[std::string(name)] =
        by_scenario(f, SchoolEffects::kUnits,
                    [&](std::size_t s, std::size_t unit) { return of(s, unit).*field; });
  };
  if (!f.school.code.empty() && f.replicates.size() > 1) {
    add("better", &Balance::better);
    add("worse", &Balance::worse);
  }
  add("one_better", &Balance::one_better);
  add("one_worse", &Balance::one_worse);
  return entry;
}

}  // namespace

std::string chart_data(const Findings& f) {
  Json document;
  document["titles"] = titles_of(f);
  document["baseline"] = f.baseline;
  document["order"] = reforms_by_learning(f);
  document["replicates"] = f.replicates.size();
  document["sets"] = sets_of(f.set);
  document["set"] = set_name(f);
  document["by_hand"] = set_by_hand(f);
  document["year"] = Json::array();
  for (const double year : f.year) document["year"].push_back(json_number(year));
  document["measures"] = measures_json(f);
  if (!f.groups.empty()) {
    document["groups"] = groups_json(f);
    document["balance"] = balance_json(f);
    document["bins"] = {{"first", kFirstEdge},
                        {"width", kBinWidth},
                        {"share", by_scenario(f, kBins, [&](std::size_t s, std::size_t b) {
                           return f.levels[s * kBins + b];
                         })}};
  }
  if (!f.district.code.empty()) {
    Json names = Json::array();
    for (std::size_t d = 0; d < f.district.code.size(); ++d)
      names.push_back(f.district.name[d].empty() ? f.district.code[d] : f.district.name[d]);
    document["districts"] = {
        {"name", std::move(names)},
        {"difference", by_scenario(f, f.district.code.size(), [&](std::size_t s, std::size_t d) {
           return f.district.effects[s * kEffects][d].difference;
         })}};
  }
  // A name need not be UTF-8.
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace reformsim
