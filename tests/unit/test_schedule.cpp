// The order of mechanisms as data: what check_schedule refuses, the one rule, and what every
// mechanism owes its reader (few parameters, sources, a number of its own).
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/fields.hpp"
#include "model/term.hpp"
#include "population/synthesis.hpp"

using namespace reformsim;
using Catch::Matchers::Contains;

namespace {

using List = std::vector<Column>;

Mechanism unit(std::string_view name, List reads, List owns, List adds = {}) {
  Mechanism m;
  m.name = name;
  m.reads = std::move(reads);
  m.owns = std::move(owns);
  m.adds = std::move(adds);
  return m;
}

// What check_schedule says; empty when it accepts.
std::string refusal(const std::vector<Mechanism>& schedule) {
  try {
    check_schedule(schedule);
    return "";
  } catch (const std::logic_error& error) {
    return error.what();
  }
}

// One of each kind, so that the lists below say what they are about.
constexpr Column kFixed = Column::deprivation, kState = Column::energy, kFlow = Column::pressure,
                 kChange = Column::load;

bool among(const List& columns, Column column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

const Mechanism& named(std::string_view name) {
  for (const Mechanism& m : term_schedule())
    if (m.name == name) return m;
  FAIL("no mechanism " << name);
  return term_schedule().front();
}

template <class Use, class... M>
void each_unit(std::tuple<M...>*, Use&& use) {
  (use.template operator()<M>(), ...);
}

}  // namespace

TEST_CASE("the columns of these tests are of the kinds they stand for") {
  CHECK(info(kFixed).kind == Kind::fixed);
  CHECK(info(kState).kind == Kind::state);
  CHECK(info(kFlow).kind == Kind::flow);
  CHECK(info(kChange).kind == Kind::change);
}

TEST_CASE("check_schedule accepts what is in order") {
  CHECK(refusal({}).empty());
  CHECK(refusal({unit("driver", {kFixed, kState}, {kFlow}, {kChange}),
                 unit("owner", {kFlow}, {kState, kChange})})
            .empty());
  // A state may be read before its owner has its turn: it is last term's.
  CHECK(refusal({unit("reader", {kState}, {}), unit("owner", {}, {kState})}).empty());
}

TEST_CASE("check_schedule refuses two owners of a column") {
  const std::string said = refusal({unit("first", {}, {kState}), unit("second", {}, {kState})});
  CHECK_THAT(said, Contains("energy") && Contains("first") && Contains("second"));
}

TEST_CASE("check_schedule refuses reading a flow before it is written") {
  const std::string said = refusal({unit("reader", {kFlow}, {}), unit("writer", {}, {kFlow})});
  CHECK_THAT(said, Contains("reader") && Contains("pressure") && Contains("writer"));
  CHECK(refusal({unit("writer", {}, {kFlow}), unit("reader", {kFlow}, {})}).empty());
  CHECK_THAT(refusal({unit("self", {kFlow}, {kFlow})}), Contains("pressure"));
}

TEST_CASE("check_schedule refuses adding after the owner has applied") {
  const std::string said =
      refusal({unit("owner", {}, {kChange}), unit("driver", {}, {}, {kChange})});
  CHECK_THAT(said, Contains("driver") && Contains("load"));
  CHECK(refusal({unit("driver", {}, {}, {kChange}), unit("owner", {}, {kChange})}).empty());
  CHECK_THAT(refusal({unit("owner", {}, {kChange}, {kChange})}), Contains("load"));
}

TEST_CASE("check_schedule refuses adding to what nobody applies") {
  CHECK_THAT(refusal({unit("driver", {}, {}, {kChange})}), Contains("driver") && Contains("load"));
}

TEST_CASE("check_schedule refuses adding to a column that is not a declared change") {
  for (const Column column : {kState, kFlow})
    CHECK_THAT(refusal({unit("driver", {}, {}, {column}), unit("owner", {}, {column})}),
               Contains("driver") && Contains(std::string(info(column).name)));
}

TEST_CASE("check_schedule refuses reading what nobody owns") {
  for (const Column column : {kState, kFlow, kChange})
    CHECK_THAT(refusal({unit("reader", {column}, {})}),
               Contains("reader") && Contains(std::string(info(column).name)));
  CHECK(refusal({unit("reader", {kFixed}, {})}).empty());
}

TEST_CASE("check_schedule refuses owning a fixed column") {
  CHECK_THAT(refusal({unit("owner", {}, {kFixed})}), Contains("owner") && Contains("deprivation"));
}

TEST_CASE("the model's own schedule is in order") {
  CHECK_NOTHROW(check_schedule(term_schedule()));
  CHECK(term_schedule().size() == kMechanisms);
}

TEST_CASE("the one rule: only learning moves attainment, and learning knows of no driver") {
  for (const Mechanism& m : term_schedule())
    for (const Column outcome :
         {Column::attainment, Column::intake, Column::broad_learning, Column::wellbeing}) {
      INFO(m.name << " and " << info(outcome).name);
      CHECK(among(m.owns, outcome) == (m.name == Learning::name));
      CHECK_FALSE(among(m.adds, outcome));
    }

  const Mechanism& learning = named(Learning::name);
  REQUIRE(!learning.reads.empty());
  CHECK(learning.uses.empty());
  CHECK(learning.adds.empty());
  for (const Column column : learning.reads) {
    const Theme theme = info(column).theme;
    INFO("learning reads " << info(column).name);
    CHECK(theme != Theme::pressure);
    CHECK(theme != Theme::network);
    CHECK(theme != Theme::money);
    CHECK(theme != Theme::district);
  }
  // Of what happens in schools it reads who comes, the five columns of teaching, and for wellbeing
  // two of climate.
  const std::set<std::string_view> from_schools = {
      "entrants",    "entrant_intake", "teaching_basics", "teaching_broad", "teaching_reach",
      "time_basics", "time_broad",     "energy",          "social_capital"};
  for (const Column column : learning.reads)
    if (info(column).kind != Kind::fixed) {
      INFO("learning reads " << info(column).name);
      CHECK(from_schools.count(info(column).name) == 1);
    }
}

TEST_CASE("the one rule: what is measured is not added to by any driver") {
  // The true score and value added are taken from the cohorts by the test; drivers reach only
  // inflation.
  const Mechanism& measurement = named(Measurement::name);
  CHECK(measurement.uses.empty());
  for (const Column column : measurement.reads)
    if (info(column).theme != Theme::place && info(column).theme != Theme::pupils) {
      INFO("measurement reads " << info(column).name);
      CHECK(column == Column::gaming);
    }
  // And no lever reaches teaching but through staff, practices, climate and effort.
  const Mechanism& teaching = named(Teaching::name);
  CHECK(teaching.uses.empty());
  for (const Column column : teaching.reads) {
    const Theme theme = info(column).theme;
    INFO("teaching reads " << info(column).name);
    CHECK(theme != Theme::network);
    CHECK(theme != Theme::money);
    CHECK(theme != Theme::district);
  }
}

TEST_CASE("every column has the owner its kind asks for") {
  std::map<Column, int> owners;
  std::map<Column, int> adders;
  for (const Mechanism& m : term_schedule()) {
    for (const Column column : m.owns) ++owners[column];
    for (const Column column : m.adds) ++adders[column];
  }
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto column = static_cast<Column>(c);
    INFO(info(column).name);
    CHECK(owners[column] == (info(column).kind == Kind::fixed ? 0 : 1));
    if (info(column).kind == Kind::change) CHECK(adders[column] > 0);  // else it can go
  }
}

TEST_CASE("no mechanism declares a column or lever twice") {
  for (const Mechanism& m : term_schedule()) {
    INFO(m.name);
    std::set<Column> columns;
    std::size_t declared = 0;
    for (const List* list : {&m.reads, &m.owns, &m.adds}) {
      columns.insert(list->begin(), list->end());
      declared += list->size();
    }
    CHECK(columns.size() == declared);
    CHECK(std::set<LeverId>(m.uses.begin(), m.uses.end()).size() == m.uses.size());
  }
}

TEST_CASE("every lever is used by a mechanism, or read when clusters are formed") {
  // Two are read once, at year 0, by form_clusters.
  std::set<LeverId> used = {LeverId::composition, LeverId::cluster_size_lever};
  for (const Mechanism& m : term_schedule()) used.insert(m.uses.begin(), m.uses.end());
  for (std::size_t l = 0; l < kLevers; ++l) {
    INFO(lever_path(static_cast<LeverId>(l)));
    CHECK(used.count(static_cast<LeverId>(l)) == 1);
  }
}

TEST_CASE("purposes are unique, and below those of the population's draws") {
  std::set<std::uint16_t> purposes;
  std::set<std::string_view> names;
  for (const Mechanism& m : term_schedule()) {
    INFO(m.name << " has purpose " << m.purpose);
    CHECK(purposes.insert(m.purpose).second);
    CHECK(names.insert(m.name).second);
    CHECK(m.purpose > 0);
    CHECK(m.purpose < static_cast<std::uint16_t>(SynthesisPurpose::district_size));
    CHECK(m.purpose != 900);  // the draws of lever scopes, which share the key
  }
  CHECK(static_cast<std::uint16_t>(SynthesisPurpose::district_size) == 60000);
}

TEST_CASE("purposes and codes are permanent: they key every result there is") {
  const std::map<std::string_view, std::pair<std::string_view, int>> permanent = {
      {"money", {"M24", 24}},
      {"initiative_load", {"M1", 1}},
      {"accountability", {"M2", 2}},
      {"prescription", {"M3", 3}},
      {"capacity_building", {"M6", 6}},
      {"innovation", {"M8", 8}},
      {"labour_market", {"M10", 10}},
      {"joining", {"M11", 11}},
      {"cluster_trust", {"M12", 12}},
      {"ties", {"M12", 102}},
      {"diffusion", {"M14", 14}},
      {"districts", {"owner", 110}},
      {"climate", {"owner", 111}},
      {"capital", {"owner", 112}},
      {"repertoire", {"owner", 113}},
      {"teaching", {"owner", 114}},
      {"learning", {"M21", 21}},
      {"measurement", {"M22", 22}},
      {"individualistic_policies", {"M4", 4}},
      {"technology", {"M5", 5}},
      {"collaboration", {"M7", 7}},
      {"choice", {"M9", 9}},
      {"peer_review", {"M13", 13}},
      {"brokered_support", {"M15", 15}},
      {"middle_leadership", {"M16", 16}},
      {"open_clusters", {"M17", 17}},
      {"facilitation", {"M18", 18}},
      {"beyond_leaders", {"M19", 19}},
      {"systemness", {"M20", 20}},
      {"reacting_centre", {"M23", 23}}};
  for (const Mechanism& m : term_schedule()) {
    INFO(m.name);
    const auto known = permanent.find(m.name);
    REQUIRE(known != permanent.end());
    CHECK(m.code == known->second.first);
    CHECK(m.purpose == known->second.second);
  }
  for (const auto& [name, number] : permanent) CHECK_NOTHROW(named(name));
}

TEST_CASE(
    "every mechanism has at most four free parameters, each row a source, a range, and its default "
    "inside") {
  std::size_t rows = 0;
  each_unit(static_cast<Term*>(nullptr), [&]<class M>() {
    INFO(M::name);
    CHECK(std::ranges::count_if(M::parameters(),
                                [](const auto& row) { return row.role == Role::free; }) <= 4);
    CHECK(M::meaning.size() > 20);
    CHECK(M::meaning.back() == '.');
    const typename M::Params standard;
    std::set<std::string_view> names;
    for (const auto& row : M::parameters()) {
      INFO(row.name);
      CHECK(names.insert(row.name).second);
      CHECK(row.low < row.high);
      CHECK(static_cast<double>(standard.*row.member) >= row.low);
      CHECK(static_cast<double>(standard.*row.member) <= row.high);
      CHECK(row.source.size() >= 5);
      CHECK(row.source.front() != ' ');
      CHECK(row.meaning.size() > 10);
      CHECK(row.meaning.back() == '.');
      CHECK(!row.unit.empty());
      // A number nobody measured has a wide range: the upper bound is at least half as much again
      // as the lower.
      if (row.source.substr(0, 7) == "assumed")
        CHECK(row.high - row.low >= 0.5 * std::min(std::abs(row.low), std::abs(row.high)));

      const Field* field = field_table().find(fmt::format("parameters.{}.{}", M::name, row.name));
      REQUIRE(field != nullptr);
      CHECK(field->low == row.low);
      CHECK(field->high == row.high);
      CHECK(field->free == (row.role == Role::free));
      CHECK(static_cast<float>(std::get<double>(field->standard)) == standard.*row.member);
      CHECK(std::get<double>(field->standard) >= row.low);
      CHECK(std::get<double>(field->standard) <= row.high);
      ++rows;
    }
    // Two rows that name one member would leave another without a way to set it.
    for (std::size_t a = 0; a < M::parameters().size(); ++a)
      for (std::size_t b = 0; b < a; ++b)
        CHECK(M::parameters()[a].member != M::parameters()[b].member);
  });
  std::size_t fields = 0;
  for (const Field& field : field_table().rows()) fields += field.group == FieldGroup::parameter;
  CHECK(fields == rows);
}

TEST_CASE("what a scenario says of a parameter or a switch reaches the mechanism") {
  each_unit(static_cast<Term*>(nullptr), [&]<class M>() {
    for (const auto& row : M::parameters()) {
      Scenario scenario(field_table());
      const double value = row.low + 0.37 * (row.high - row.low);
      scenario.set(fmt::format("parameters.{}.{}", M::name, row.name), value);
      const ModelParameters parameters = model_parameters(scenario, 0);
      INFO(M::name << "." << row.name);
      CHECK(parameters.of<M>().*row.member == static_cast<float>(value));
    }
  });
  const auto& schedule = term_schedule();
  const ModelParameters usual = model_parameters(Scenario(field_table()), 0);
  for (std::size_t m = 0; m < schedule.size(); ++m) {
    const std::string path = fmt::format("mechanisms.{}", schedule[m].name);
    INFO(path);
    CHECK((field_table().find(path) != nullptr) == schedule[m].switchable);
    Scenario scenario(field_table());
    if (schedule[m].switchable) scenario.set(path, false);
    const ModelParameters parameters = model_parameters(scenario, 0);
    for (std::size_t other = 0; other < schedule.size(); ++other)
      CHECK(parameters.on[other] == (usual.on[other] && !(other == m && schedule[m].switchable)));
  }
}

TEST_CASE("the facts of the population that mechanisms need come from the population") {
  Scenario scenario(field_table());
  scenario.set("population.poverty_gap", 0.43);
  scenario.set("population.reported_drift", 0.021);
  const ModelParameters parameters = model_parameters(scenario, 0);
  CHECK(parameters.of<Choice>().gap == 0.43f);
  CHECK(parameters.of<Measurement>().drift == 0.021f);
}

TEST_CASE("every column has a name of its own, a unit, a meaning and bounds in order") {
  std::set<std::string_view> names;
  for (const ColumnInfo& column : kColumnInfo) {
    INFO(column.name);
    CHECK(names.insert(column.name).second);
    CHECK(!column.unit.empty());
    CHECK(column.meaning.size() > 5);
    CHECK(column.low <= column.high);
    if (column.unit == "share" && column.kind != Kind::change) {
      CHECK(column.low == 0);
      CHECK(column.high == 1);
    }
  }
}
