#include "experiment/plan_factors.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "scenario/csv.hpp"
#include "scenario/files.hpp"
#include "scenario/unknown_name.hpp"

namespace reformsim {
namespace {

const std::vector<std::string> kDistributions = {"uniform", "log_uniform", "normal", "log_normal",
                                                 "triangular"};

class FactorReader : PlanNodes {
 public:
  FactorReader(const Node* factors, const Node* design, const std::string& directory,
               const FieldTable& table, const std::vector<std::string>& unread, Plan& plan,
               ProblemList& problems)
      : PlanNodes(problems),
        factors_(factors),
        design_(design),
        directory_(directory),
        table_(table),
        unread_(unread),
        plan_(plan),
        before_(problems.size()) {}

  void read() {
    read_factors();
    read_design();
  }

 private:
  // ---- factors

  void read_factors() {
    const Node* node = factors_;
    if (node == nullptr || node->kind == Node::Kind::empty) return;
    if (node->kind != Node::Kind::map) {
      problems_.add(node->place,
                    "factors: expected field paths with their values: "
                    "{levers.networks.expectation: [0, 0.5, 1]}");
      return;
    }
    for (std::size_t i = 0; i + 1 < node->items.size(); i += 2)
      if (const auto path = read_key(*node->items[i], problems_))
        read_factor(*path, node->items[i]->place, *node->items[i + 1]);
  }

  void read_factor(const std::string& path, const Place& place, const Node& node) {
    const Field* field = table_.find_written(path);
    if (field == nullptr) field = table_.find(path);  // a lever without its leading "levers."
    if (field == nullptr) {
      const bool lever = table_.is_section("levers." + path.substr(0, path.find('.')));
      problems_.add(place, unknown_name(table_, lever ? "levers." + path : path));
      return;
    }
    PlannedFactor one{{}, field, std::vector<bool>(plan_.policies.size(), true)};
    one.factor.path = written_path(*field);
    one.factor.place = place;
    const std::string& own = field->path;
    if (own == "horizon.years" || own.starts_with("ensemble.") || own.starts_with("record.") ||
        field->type == FieldType::text || field->type == FieldType::list) {
      problems_.add(place,
                    fmt::format("factors: {} cannot be varied: it is {}", path,
                                field->type == FieldType::text || field->type == FieldType::list
                                    ? "a text"
                                    : "set by the plan itself (seed, replicates, years)"));
      return;
    }
    for (const PlannedFactor& other : plan_.factors)
      if (other.field == field) {
        problems_.add(place, fmt::format("factors: {} is given twice; it first stands in line {}",
                                         one.factor.path, other.factor.place.line));
        return;
      }
    one.factor.whole = field->type == FieldType::integer;
    if (node.kind == Node::Kind::map)
      read_distribution(one, node);
    else
      read_levels(one, node);
    check_entries(one, place);
    plan_.factors.push_back(std::move(one));
  }

  void read_levels(PlannedFactor& one, const Node& node) {
    one.factor.kind = FactorKind::levels;
    const auto add = [&](const Node& item) {
      if (const auto level = read_level(item, *one.field, one.factor.path, problems_))
        one.factor.levels.push_back(*level);
    };
    if (node.kind == Node::Kind::list)
      for (const NodePtr& item : node.items) add(*item);
    else
      add(node);
    if (one.factor.levels.empty()) {
      if (node.kind == Node::Kind::list && node.items.empty())
        problems_.add(node.place, one.factor.path + ": a list of values is empty");
      return;
    }
    one.factor.low = *std::min_element(one.factor.levels.begin(), one.factor.levels.end());
    one.factor.high = *std::max_element(one.factor.levels.begin(), one.factor.levels.end());
  }

  void read_distribution(PlannedFactor& one, const Node& node) {
    Factor& f = one.factor;
    const std::string path = f.path;
    const Map map = keys(
        node, path, {"levels", "low", "high", "distribution", "mean", "sd", "mode", "steps", "in"});
    if (const Node* in = get(map, "in")) read_reach(one, *in);
    if (const Node* levels = get(map, "levels")) {
      only(map, path, "a list of levels", {"levels", "in"});
      read_levels(one, *levels);
      return;
    }
    if (!factor_names(*one.field).empty()) {
      problems_.add(node.place, fmt::format("{}: a choice or a switch is varied over a list of its "
                                            "values: [{}]",
                                            path, join(factor_names(*one.field))));
      return;
    }
    // Half a number beyond: see Factor::whole.
    const double beyond = f.whole ? 0.5 : 0.0;
    const double least = one.field->low - beyond, most = one.field->high + beyond;
    std::string kind = "uniform";
    if (const Node* named = get(map, "distribution")) {
      const auto read = read_choice(*named, kDistributions, path + ".distribution", problems_);
      if (!read) return;
      kind = *read;
    }
    std::vector<std::string> of_kind = {"distribution", "low", "high", "steps", "in"};
    if (kind == "normal" || kind == "log_normal")
      of_kind.insert(of_kind.end(), {"mean", "sd"});
    else if (kind == "triangular")
      of_kind.push_back("mode");
    only(map, path, "the distribution " + kind, of_kind);
    f.kind = kind == "uniform"       ? FactorKind::uniform
             : kind == "log_uniform" ? FactorKind::log_uniform
             : kind == "normal"      ? FactorKind::normal
             : kind == "log_normal"  ? FactorKind::log_normal
                                     : FactorKind::triangular;
    // The range is the field's own where none is given.
    f.low = number(get(map, "low"), least, most, path + ".low").value_or(one.field->low);
    f.high = number(get(map, "high"), least, most, path + ".high").value_or(one.field->high);
    const bool bell = f.kind == FactorKind::normal || f.kind == FactorKind::log_normal;
    const auto needed = [&](std::string_view name, double low, double high) {
      const Node* value = get(map, name);
      if (value == nullptr)
        problems_.add(node.place, fmt::format("{}: `{}` is missing", path, name));
      return number(value, low, high, fmt::format("{}.{}", path, name)).value_or(1.0);
    };
    if (bell) {
      f.mean = needed("mean", -1e9, 1e9), f.sd = needed("sd", 1e-12, 1e9);
      // Designs that visit the ends of a range must not find the field's there.
      constexpr double kReach = 4;  // SDs
      const auto at = [&](double z) {
        const double x = f.mean + z * f.sd;
        return f.kind == FactorKind::normal ? x : std::exp(x);
      };
      if (get(map, "low") == nullptr) f.low = std::max(f.low, at(-kReach));
      if (get(map, "high") == nullptr) f.high = std::min(f.high, at(kReach));
    }
    if (!std::isfinite(f.low) || !std::isfinite(f.high))
      problems_.add(node.place, path + ": expected `low` and `high`: the field has no range");
    else if (!(f.low < f.high))
      problems_.add(node.place, fmt::format("{}: low {} is not below high {}", path,
                                            number_text(f.low), number_text(f.high)));
    const bool logarithm = f.kind == FactorKind::log_uniform || f.kind == FactorKind::log_normal;
    if (logarithm && !(f.low > 0))
      problems_.add(node.place, fmt::format("{}: a logarithm needs low above 0", path));
    if (f.kind == FactorKind::triangular) f.mode = needed("mode", f.low, f.high);
    if (const Node* steps = get(map, "steps"))
      if (const auto value = whole(steps, 2, 1e6, path + ".steps"))
        f.steps = static_cast<int>(*value);
  }

  void read_reach(PlannedFactor& one, const Node& node) {
    const auto names = read_texts(node, "a scenario of the plan, or a list of them",
                                  one.factor.path + ".in", problems_);
    if (!names) return;
    if (names->empty())
      problems_.add(node.place, fmt::format("{}.in: found an empty list; expected a scenario of "
                                            "the plan, or a list of them",
                                            one.factor.path));
    std::fill(one.reaches.begin(), one.reaches.end(), false);
    std::vector<std::string> known;
    for (const Policy& policy : plan_.policies) known.push_back(policy.name);
    known.insert(known.end(), unread_.begin(), unread_.end());
    for (const std::string& name : *names) {
      const auto found = std::find(known.begin(), known.end(), name);
      if (found == known.end())
        problems_.add(node.place,
                      fmt::format("{}.in: there is no scenario {}{}; there are {}", one.factor.path,
                                  in_quotes(name), did_you_mean(name, known), join(known)));
      else if (const auto s = static_cast<std::size_t>(found - known.begin());
               s < one.reaches.size())
        one.reaches[s] = true;
    }
  }

  // A lever with several entries has no single value to vary.
  void check_entries(const PlannedFactor& one, const Place& place) {
    if (one.field->group != FieldGroup::lever) return;
    for (std::size_t s = 0; s < plan_.policies.size(); ++s)
      if (one.reaches[s] && plan_.policies[s].scenario.lever(one.field->path).reform.size() > 1)
        problems_.add(place,
                      fmt::format("{}: this lever has several entries in scenario {}, so its "
                                  "value cannot be varied; `in: [...]` leaves the scenario "
                                  "out",
                                  one.factor.path, plan_.policies[s].name));
  }

  // ---- design

  void read_design() {
    DesignSettings& d = plan_.settings;
    const Node* node = design_;
    d.place = node ? node->place : Place{plan_.file, 0, 0};
    if (node == nullptr || node->kind == Node::Kind::empty) return finish_design(Map{});
    if (node->kind == Node::Kind::scalar) {  // design: grid
      read_kind(*node);
      return finish_design(Map{});
    }
    const Map map =
        keys(*node, "design",
             {"kind", "points", "second_order", "trajectories", "levels", "seed", "rows", "file"});
    if (const Node* kind = get(map, "kind")) read_kind(*kind);
    finish_design(map);
  }

  void read_kind(const Node& node) {
    const auto name = read_choice(node, design_names(), "design.kind", problems_);
    unknown_kind_ = !name;
    if (name)
      plan_.settings.kind = static_cast<DesignKind>(
          std::find(design_names().begin(), design_names().end(), *name) - design_names().begin());
  }

  void finish_design(const Map& map) {
    DesignSettings& d = plan_.settings;
    const bool counted = d.kind == DesignKind::random || d.kind == DesignKind::latin_hypercube ||
                         d.kind == DesignKind::sobol || d.kind == DesignKind::saltelli;
    std::vector<std::string> of_kind = {"kind"};
    if (counted) of_kind.insert(of_kind.end(), {"points", "seed"});
    if (d.kind == DesignKind::saltelli) of_kind.push_back("second_order");
    if (d.kind == DesignKind::morris)
      of_kind.insert(of_kind.end(), {"trajectories", "levels", "seed"});
    if (d.kind == DesignKind::list) of_kind.push_back("rows");
    if (d.kind == DesignKind::csv) of_kind.push_back("file");
    if (!unknown_kind_)
      only(map, "design", "the design " + design_names()[static_cast<std::size_t>(d.kind)],
           of_kind);
    if (const auto points = whole(get(map, "points"), 1, 1e7, "design.points"))
      d.points = *points;
    else if (counted && get(map, "points") == nullptr)
      problems_.add(d.place, "design: `points` is missing: how many points it is to have");
    d.second_order = flag(get(map, "second_order"), d.second_order, "design.second_order");
    d.trajectories =
        whole(get(map, "trajectories"), 1, 1e6, "design.trajectories").value_or(d.trajectories);
    d.levels = static_cast<int>(whole(get(map, "levels"), 2, 1000, "design.levels")
                                    .value_or(static_cast<std::int64_t>(d.levels)));
    d.seed =
        static_cast<std::uint64_t>(whole(get(map, "seed"), 0, 9e15, "design.seed").value_or(1));
    // Without all factors there is no saying which column is whose.
    const bool all = factors_ == nullptr || plan_.factors.size() == factors_->items.size() / 2;
    if (d.kind == DesignKind::list && all) read_rows(get(map, "rows"));
    if (d.kind == DesignKind::csv && all) read_table(get(map, "file"));
    if (d.kind == DesignKind::one_at_a_time && !plan_.policies.empty())
      for (const PlannedFactor& one : plan_.factors) d.base.push_back(base_value(one));
    if (problems_.size() > before_ || plan_.policies.empty()) return;
    for (const Problem& problem : check_design(d, factors_of(plan_)))
      problems_.add(problem.place, problem.message);
  }

  // What the scenarios that a factor reaches have of their own, which has to be the same.
  double base_value(const PlannedFactor& one) {
    std::optional<double> base;
    for (std::size_t s = 0; s < plan_.policies.size(); ++s) {
      if (!one.reaches[s]) continue;
      const double own = own_value(plan_.policies[s].scenario, *one.field);
      if (base && *base != own)
        problems_.add(one.factor.place,
                      fmt::format("{}: one at a time starts from the scenarios' own values, and "
                                  "these differ in it; `in: [...]` varies it in some only",
                                  one.factor.path));
      if (!base) base = own;
    }
    return base.value_or(0.0);
  }
  static double own_value(const Scenario& scenario, const Field& field) {
    if (field.group == FieldGroup::lever) {
      const Lever& lever = scenario.lever(field.path);
      return lever.reform.empty() ? lever.status_quo : lever.reform[0].value;
    }
    switch (field.type) {
      case FieldType::integer:
        return static_cast<double>(scenario.integer(field.path));
      case FieldType::boolean:
        return scenario.flag(field.path) ? 1.0 : 0.0;
      case FieldType::choice:
        return static_cast<double>(
            std::find(field.choices.begin(), field.choices.end(), scenario.text(field.path)) -
            field.choices.begin());
      default:
        return scenario.number(field.path);
    }
  }

  void read_rows(const Node* node) {
    const std::string wanted = fmt::format(
        "design.rows: expected a list of points, each a list of {} values in the order "
        "of the factors",
        plan_.factors.size());
    if (node == nullptr || node->kind != Node::Kind::list || node->items.empty()) {
      problems_.add(node ? node->place : plan_.settings.place, wanted);
      return;
    }
    for (const NodePtr& item : node->items) {
      if (item->kind != Node::Kind::list || item->items.size() != plan_.factors.size()) {
        problems_.add(item->place, wanted);
        continue;
      }
      std::vector<double> row;
      for (std::size_t f = 0; f < plan_.factors.size(); ++f)
        row.push_back(read_level(*item->items[f], *plan_.factors[f].field,
                                 plan_.factors[f].factor.path, problems_)
                          .value_or(0.0));
      plan_.settings.rows.push_back(std::move(row));
    }
  }

  // A column for each factor, called by its path; other columns are passed over.
  void read_table(const Node* node) {
    const std::string name = line(node, "design.file");
    if (name.empty()) {
      problems_.add(plan_.settings.place,
                    "design: `file` is missing: a CSV file with a column for "
                    "each factor");
      return;
    }
    const CsvTable table = read_csv(path_from(directory_, name), node->place);
    for (const Problem& problem : table.bad_rows()) problems_.add(problem.place, problem.message);
    std::vector<std::size_t> column;
    for (const PlannedFactor& one : plan_.factors) {
      const auto& header = table.header();
      auto found = std::find(header.begin(), header.end(), one.factor.path);
      if (found == header.end()) found = std::find(header.begin(), header.end(), one.field->path);
      if (found == header.end())
        problems_.add(table.header_place(0),
                      fmt::format("there is no column '{}'{}", one.factor.path,
                                  did_you_mean(one.factor.path, header)));
      column.push_back(static_cast<std::size_t>(found - header.begin()));
    }
    if (problems_.size() > before_) return;
    // In the resolved plan it is a list, which has to be read again.
    if (const std::size_t values = table.rows() * (column.size() + 1); values > kMaxNodes / 2) {
      problems_.add(node->place,
                    fmt::format("design.file: {} points x {} factors are more than a plan holds; "
                                "expected at most {} points",
                                table.rows(), column.size(), kMaxNodes / 2 / (column.size() + 1)));
      return;
    }
    for (std::size_t r = 0; r < table.rows() && !problems_.full(); ++r) {
      std::vector<double> row;
      for (std::size_t f = 0; f < column.size(); ++f) {
        const Place place = table.place(r, column[f]);
        const std::string text(table.cell(r, column[f]));
        Node cell;
        cell.kind = text.empty() ? Node::Kind::empty : Node::Kind::scalar;
        cell.text = text;
        cell.place = place;
        row.push_back(
            read_level(cell, *plan_.factors[f].field, plan_.factors[f].factor.path, problems_)
                .value_or(0.0));
      }
      plan_.settings.rows.push_back(std::move(row));
    }
  }

  const Node *factors_, *design_;
  const std::string& directory_;
  const FieldTable& table_;
  const std::vector<std::string>& unread_;
  Plan& plan_;
  std::size_t before_;  // problems that are not of factors and design
  bool unknown_kind_ = false;
};

}  // namespace

std::vector<Factor> factors_of(const Plan& plan) {
  std::vector<Factor> all;
  for (const PlannedFactor& one : plan.factors) all.push_back(one.factor);
  return all;
}

void read_factors_and_design(const Node* factors, const Node* design, const std::string& directory,
                             const FieldTable& table, const std::vector<std::string>& unread,
                             Plan& plan, ProblemList& problems) {
  FactorReader(factors, design, directory, table, unread, plan, problems).read();
}

}  // namespace reformsim
