#include "model/term.hpp"

#include <algorithm>
#include <stdexcept>

#include "model/fields.hpp"

namespace reformsim {
namespace {

template <class M>
Mechanism describe() {
  return {M::name,
          M::code,
          M::meaning,
          M::purpose,
          M::switchable,
          M::Access::reads(),
          M::Access::owns(),
          M::Access::adds(),
          M::Access::moves(),
          M::Access::uses(),
          [](World& world, const LeverColumns& levers, const ModelParameters& parameters,
             const Context& now) {
            M::step(typename M::Access(world, levers), parameters.of<M>(), now);
          }};
}

template <class... M>
std::vector<Mechanism> describe_all(std::tuple<M...>*) {
  return {describe<M>()...};
}

template <class M>
constexpr bool at_work() {
  if constexpr (requires { M::standard; })
    return M::standard;
  else
    return true;
}

template <class M>
void add_rows(FieldTable& table) {
  if (M::switchable)
    table.add({fmt::format("mechanisms.{}", M::name),
               FieldGroup::mechanism,
               FieldType::boolean,
               "1",
               0,
               1,
               at_work<M>(),
               {},
               fmt::format("Whether {} ({}) is at work.", M::name, M::code),
               "a switch, for knock-out experiments"});
  const typename M::Params standard;
  for (const auto& row : M::parameters()) {
    // The default as it is written in the code, not as float32 rounds it.
    const double value = std::stod(fmt::format("{}", standard.*row.member));
    table.add({fmt::format("parameters.{}.{}", M::name, row.name),
               FieldGroup::parameter,
               FieldType::number,
               std::string(row.unit),
               row.low,
               row.high,
               value,
               {},
               std::string(row.meaning),
               std::string(row.source),
               row.role == Role::free});
  }
}

template <class M>
void read_rows(const Scenario& scenario, std::uint32_t replicate, ModelParameters& parameters,
               std::size_t place) {
  parameters.on[place] = !M::switchable || scenario.flag(fmt::format("mechanisms.{}", M::name));
  auto& values = std::get<typename M::Params>(parameters.all);
  for (const auto& row : M::parameters())
    values.*row.member = static_cast<float>(
        scenario.parameter(fmt::format("parameters.{}.{}", M::name, row.name), replicate));
}

template <class... M>
void add_all(FieldTable& table, std::tuple<M...>*) {
  (add_rows<M>(table), ...);
}
template <class... M>
void read_all(const Scenario& scenario, std::uint32_t replicate, ModelParameters& parameters,
              std::tuple<M...>*) {
  std::size_t place = 0;
  (read_rows<M>(scenario, replicate, parameters, place++), ...);
}

}  // namespace

const std::vector<Mechanism>& term_schedule() {
  static const std::vector<Mechanism> schedule = [] {
    auto list = describe_all(static_cast<Term*>(nullptr));
    check_schedule(list);
    return list;
  }();
  return schedule;
}

void check_schedule(const std::vector<Mechanism>& schedule) {
  constexpr int kNobody = -1;
  std::array<int, kColumns> owner;
  owner.fill(kNobody);
  const auto number = [](Column c) { return static_cast<std::size_t>(c); };
  const auto fail = [](const std::string& what) {
    throw std::logic_error("the schedule: " + what);
  };
  for (std::size_t m = 0; m < schedule.size(); ++m)
    for (const Column c : schedule[m].owns) {
      if (owner[number(c)] != kNobody)
        fail(fmt::format("{} is owned by {} and by {}", info(c).name,
                         schedule[static_cast<std::size_t>(owner[number(c)])].name,
                         schedule[m].name));
      if (info(c).kind == Kind::fixed)
        fail(fmt::format("{} is fixed but {} owns it", info(c).name, schedule[m].name));
      owner[number(c)] = static_cast<int>(m);
    }
  for (std::size_t m = 0; m < schedule.size(); ++m) {
    for (const Column c : schedule[m].reads) {
      if (info(c).kind == Kind::fixed) continue;
      if (owner[number(c)] == kNobody)
        fail(fmt::format("{} reads {}, which nobody owns", schedule[m].name, info(c).name));
      if (info(c).kind == Kind::flow && owner[number(c)] >= static_cast<int>(m))
        fail(fmt::format("{} reads the flow {} before {} has written it", schedule[m].name,
                         info(c).name, schedule[static_cast<std::size_t>(owner[number(c)])].name));
    }
    for (const Column c : schedule[m].moves)
      if (info(c).theme != Theme::pupils || info(c).kind != Kind::state || schedule[m].code != "M9")
        fail(fmt::format("{} moves {}; only M9 moves, and only pupils", schedule[m].name,
                         info(c).name));
    for (const Column c : schedule[m].adds) {
      if (info(c).kind != Kind::change)
        fail(fmt::format("{} adds to {}, which is not a declared change", schedule[m].name,
                         info(c).name));
      if (owner[number(c)] <= static_cast<int>(m))
        fail(fmt::format("{} adds to {} after its owner has applied it", schedule[m].name,
                         info(c).name));
    }
  }
}

ModelParameters model_parameters(const Scenario& scenario, std::uint32_t replicate) {
  ModelParameters parameters;
  read_all(scenario, replicate, parameters, static_cast<Term*>(nullptr));
  // Facts of the population that two mechanisms need.
  std::get<Choice::Params>(parameters.all).gap =
      static_cast<float>(scenario.number("population.poverty_gap"));
  std::get<Measurement::Params>(parameters.all).drift =
      static_cast<float>(scenario.number("population.reported_drift"));
  return parameters;
}

const FieldTable& field_table() {
  static const FieldTable table = [] {
    FieldTable t;
    add_settings(t);
    add_levers(t);
    add_all(t, static_cast<Term*>(nullptr));
    return t;
  }();
  return table;
}

}  // namespace reformsim
