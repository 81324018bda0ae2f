// The levers' levels: by year, by entry, by scope; and the draws that choose which schools an entry
// reaches.
#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "model/fields.hpp"
#include "model/levers.hpp"

using namespace reformsim;

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

LeverEntry entry(double value, double from = 0, double ramp = 0, double to = kNever,
                 Scope scope = {}) {
  return {value, from, ramp, to, std::move(scope), {}};
}

double level(const Lever& lever, double year) {
  return lever_level(lever, year, std::vector<bool>(lever.reform.size(), true));
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// A list of schools, four districts, all phases, and what a scope may ask of them.
struct Schools {
  explicit Schools(const std::vector<std::uint64_t>& ids) {
    population.school_id = ids;
    for (const std::uint64_t id : ids) {
      population.district.push_back(static_cast<std::int32_t>(id % 4));
      population.phase.push_back(static_cast<std::int32_t>(id % 3));
      population.enrolment.push_back(100.0f + static_cast<float>(id % 10) * 50.0f);
      population.deprivation.push_back(static_cast<float>(id % 16) / 16.0f);
    }
    population.district_id = {10, 11, 12, 13};
    population.district_code = {"N", "E", "S", "W"};
    population.district_name = {"North", "East", "South", "West"};
    WorldShape shape;
    shape.rows = {ids.size(), ids.size(), 4, 0, 1};
    shape.cohorts = 1;
    world = World(shape);
    for (std::size_t i = 0; i < ids.size(); ++i)
      world[col::score_at_start][i] = static_cast<float>(ids[i] % 7) - 3.0f;
  }
  explicit Schools(std::size_t count) : Schools(numbers(count)) {}

  static std::vector<std::uint64_t> numbers(std::size_t count) {
    std::vector<std::uint64_t> ids(count);
    for (std::size_t i = 0; i < count; ++i) ids[i] = 1000 + i;
    return ids;
  }

  std::size_t size() const { return population.schools(); }

  Population population;
  World world;
};

const Key kKey = make_key(3, 0, Domain::dynamics);

// The level of coaching in each school at a year, under these entries.
struct Coaching {
  explicit Coaching(const std::vector<LeverEntry>& entries, const Schools& schools, Key key = kKey)
      : scenario(field_table()) {
    scenario.lever("capacity_building.coaching").reform = entries;
    levers = LeverColumns(scenario, schools.population, schools.world, key);
  }
  std::vector<float> at(double year, std::size_t schools) {
    levers.set_year(year);
    std::vector<float> out(schools);
    for (std::size_t i = 0; i < schools; ++i) out[i] = levers.at(LeverId::coaching, i);
    return out;
  }
  Scenario scenario;
  LeverColumns levers;
};

// Which schools a scope reaches.
std::vector<bool> reached(const Scope& scope, const Schools& schools, Key key = kKey) {
  Coaching coaching({entry(1, 0, 0, kNever, scope)}, schools, key);
  std::vector<bool> out;
  for (const float value : coaching.at(5, schools.size())) {
    REQUIRE((value == 0 || value == 1));
    out.push_back(value == 1);
  }
  return out;
}

Scope share(double part, const std::string& draw = "") {
  Scope scope;
  scope.share = part;
  scope.draw = draw;
  return scope;
}

Scope where(const std::string& column, double min, double max, const std::string& equals = "") {
  Scope scope;
  scope.where = {{column, min, max, equals}};
  return scope;
}

double count(const std::vector<bool>& flags) {
  double n = 0;
  for (const bool flag : flags) n += flag;
  return n;
}

// Distance of a count from what a share of n would give, in standard errors.
double standard_errors(double found, double n, double part) {
  return std::fabs(found - n * part) / std::sqrt(n * part * (1 - part));
}

}  // namespace

TEST_CASE("an entry ramps from what the lever was to its value, stays, and returns at its end") {
  const Lever lever{0.2, {entry(0.8, 2, 4, 10)}};
  CHECK(level(lever, 0) == 0.2);
  CHECK(level(lever, 1.999) == 0.2);
  CHECK(level(lever, 2) == 0.2);
  CHECK(level(lever, 3) == Approx(0.35));
  CHECK(level(lever, 4) == Approx(0.5));
  CHECK(level(lever, 5.5) == Approx(0.725));
  CHECK(level(lever, 6) == 0.8);
  CHECK(level(lever, 9.999) == 0.8);
  CHECK(level(lever, 10) == 0.2);
  CHECK(level(lever, 40) == 0.2);
}

TEST_CASE("an entry without ramp holds from its first moment; one without end, for good") {
  const Lever lever{0.2, {entry(0.8, 1)}};
  CHECK(level(lever, 0.999) == 0.2);
  CHECK(level(lever, 1) == 0.8);
  CHECK(level(lever, 1e6) == 0.8);
}

TEST_CASE("a ramp may be cut short by its end, and may go down") {
  const Lever cut{0, {entry(1, 0, 10, 4)}};
  CHECK(level(cut, 3.9) == Approx(0.39));
  CHECK(level(cut, 4) == 0);
  const Lever down{0.9, {entry(0.1, 0, 2)}};
  CHECK(level(down, 1) == Approx(0.5));
  CHECK(level(down, 2) == 0.1);
}

TEST_CASE("later entries act on what earlier ones left") {
  // Up over four years, and from year 2 down to 0 over two: the second starts from where the first
  // has got to.
  const Lever lever{0, {entry(1, 0, 4), entry(0, 2, 2, 5)}};
  CHECK(level(lever, 1) == Approx(0.25));
  CHECK(level(lever, 2) == Approx(0.5));
  CHECK(level(lever, 3) == Approx(0.75 * 0.5));
  CHECK(level(lever, 4) == 0);
  CHECK(level(lever, 5) == 1);  // back to what the first left

  const Lever swapped{0, {entry(0, 2, 2, 5), entry(1, 0, 4)}};
  CHECK(level(swapped, 4) == 1);  // the order in the file counts, not the years
  CHECK(level(swapped, 3) == Approx(0.75));
}

TEST_CASE("an entry counts only where it is in scope") {
  const Lever lever{0.1, {entry(0.5), entry(0.9)}};
  CHECK(lever_level(lever, 1, {false, false}) == 0.1);
  CHECK(lever_level(lever, 1, {true, false}) == 0.5);
  CHECK(lever_level(lever, 1, {false, true}) == 0.9);
  CHECK(lever_level(lever, 1, {true, true}) == 0.9);
}

TEST_CASE("a lever set to the value it has gives exactly that value") {
  // The null reform: not a bit may differ, on ramps least of all. Values that have no exact double,
  // every term.
  for (const double value : {0.1, 0.3, 1.3, 1.0 / 3.0, 5500.1, 1e-300, 0.0})
    for (const double ramp : {0.0, 0.7, 3.0, 10.0}) {
      const Lever same{value, {entry(value, 0.3, ramp)}};
      const Lever twice{value, {entry(value, 0, ramp, 7), entry(value, 1.1, ramp)}};
      for (int term = 0; term < 100; ++term) {
        REQUIRE(same_bits(level(same, term / 3.0), value));
        REQUIRE(same_bits(level(twice, term / 3.0), value));
      }
    }
  // And the end of a ramp is the value itself, from any start.
  for (const double start : {0.0, 0.1, 0.7, 1.0})
    for (const double end : {0.1, 0.3, 0.9})
      for (const double ramp : {0.0, 0.1, 1.0, 3.0})
        REQUIRE(same_bits(level({start, {entry(end, 0.4, ramp)}}, 0.4 + ramp + 1e-9), end));
}

TEST_CASE("before year 0 the status quo holds, whatever the reform") {
  const Schools schools(50);
  // The reader refuses entries that begin before year 0; here one does, and still must not count.
  Coaching coaching({entry(0.7, -10), entry(0.9, 0, 0, kNever, share(0.5))}, schools);
  coaching.scenario.lever("capacity_building.coaching").status_quo = 0.25;
  for (const double year : {-5.0, -1.0 / 3.0})
    for (const float value : coaching.at(year, schools.size())) REQUIRE(value == 0.25f);
  for (const float value : coaching.at(0, schools.size()))
    REQUIRE((value == 0.7f || value == 0.9f));
}

TEST_CASE("a choice lever's level is the place of the choice") {
  const Schools schools(5);
  Scenario scenario(field_table());
  scenario.set("governance.district_role", std::string("leading"));
  LeverColumns levers(scenario, schools.population, schools.world, kKey);
  CHECK(levers.at(LeverId::district_role, 0) == static_cast<float>(DistrictRole::leading));
  scenario.set("governance.district_role", std::string("bypassed"));
  levers.set_year(-1);
  CHECK(levers.at(LeverId::district_role, 0) == static_cast<float>(DistrictRole::bypassed));
}

TEST_CASE("the choices of a lever stand in the order of their enum") {
  const auto place_of = [](const char* path, const char* choice) {
    const auto& choices = field_table().find(path)->choices;
    const auto found = std::find(choices.begin(), choices.end(), choice);
    REQUIRE(found != choices.end());
    return static_cast<int>(found - choices.begin());
  };
  const char* how = "networks.participation";
  CHECK(place_of(how, "none") == static_cast<int>(Participation::none));
  CHECK(place_of(how, "voluntary") == static_cast<int>(Participation::voluntary));
  CHECK(place_of(how, "mandated") == static_cast<int>(Participation::mandated));
  CHECK(place_of(how, "voluntary_but_inevitable") ==
        static_cast<int>(Participation::voluntary_but_inevitable));
  const char* target = "external_accountability.target_kind";
  CHECK(place_of(target, "status") == static_cast<int>(TargetKind::status));
  CHECK(place_of(target, "growth") == static_cast<int>(TargetKind::growth));
  CHECK(place_of(target, "threshold") == static_cast<int>(TargetKind::threshold));
  const char* role = "governance.district_role";
  CHECK(place_of(role, "bypassed") == static_cast<int>(DistrictRole::bypassed));
  CHECK(place_of(role, "mediating") == static_cast<int>(DistrictRole::mediating));
  CHECK(place_of(role, "leading") == static_cast<int>(DistrictRole::leading));
  const char* rule = "funding.rule";
  CHECK(place_of(rule, "per_pupil") == static_cast<int>(FundingRule::per_pupil));
  CHECK(place_of(rule, "equal_per_district") == static_cast<int>(FundingRule::equal_per_district));
  CHECK(place_of(rule, "by_need") == static_cast<int>(FundingRule::by_need));
  CHECK(place_of(rule, "competitive") == static_cast<int>(FundingRule::competitive));
  const char* who = "networks.composition";
  CHECK(place_of(who, "place") == static_cast<int>(Composition::place));
  CHECK(place_of(who, "families") == static_cast<int>(Composition::families));
  CHECK(place_of(who, "cross_district") == static_cast<int>(Composition::cross_district));
}

TEST_CASE(
    "a lever that is the same everywhere needs one block of memory, whatever the number of "
    "schools") {
  const Schools schools(3 * kBlock + 10);
  Coaching coaching({entry(0.4, 0, 2)}, schools);
  CHECK(coaching.levers.everywhere(LeverId::coaching));
  coaching.levers.set_year(1);
  const float* first = coaching.levers.block(LeverId::coaching, {0, kBlock, 0}).data();
  for (std::size_t k = 0; k < 4; ++k) {
    const Block block{k * kBlock, std::min(schools.size(), (k + 1) * kBlock), k};
    const auto values = coaching.levers.block(LeverId::coaching, block);
    CHECK(values.data() == first);
    REQUIRE(values.size() == block.size());
    for (const float value : values) REQUIRE(value == 0.2f);
  }

  Coaching scoped({entry(0.4, 0, 2, kNever, share(0.5))}, schools);
  CHECK_FALSE(scoped.levers.everywhere(LeverId::coaching));
  CHECK(scoped.levers.everywhere(LeverId::light_touch));
  const auto by_school = scoped.at(1, schools.size());
  for (std::size_t k = 0; k < 4; ++k) {
    const Block block{k * kBlock, std::min(schools.size(), (k + 1) * kBlock), k};
    const auto values = scoped.levers.block(LeverId::coaching, block);
    for (std::size_t i = 0; i < values.size(); ++i)
      REQUIRE(values[i] == by_school[block.begin + i]);
  }
}

TEST_CASE("the mean of a scoped lever is over schools") {
  const Schools schools(400);
  Coaching coaching({entry(1, 0, 0, kNever, share(0.3))}, schools);
  double sum = 0;
  for (const float value : coaching.at(1, schools.size())) sum += value;
  CHECK(coaching.levers.uniform(LeverId::coaching) == Approx(sum / 400).epsilon(1e-6));
  CHECK(sum > 0);
  CHECK(sum < 400);
}

TEST_CASE("districts are named by code or by name") {
  const Schools schools(200);
  Scope scope;
  scope.districts = {"N", "South"};
  const auto in = reached(scope, schools);
  for (std::size_t i = 0; i < schools.size(); ++i)
    REQUIRE(in[i] == (schools.population.district[i] == 0 || schools.population.district[i] == 2));
  scope.districts = {"Atlantis"};
  CHECK(count(reached(scope, schools)) == 0);
}

TEST_CASE(
    "conditions: from min inclusive to max exclusive, phases by name, and all of them together") {
  const Schools schools(400);
  const Population& p = schools.population;
  const auto deprived = reached(where("deprivation", 0.25, 0.5), schools);
  const auto large = reached(where("enrolment", 300, kNever), schools);
  const auto low = reached(where("score", -kNever, -1), schools);
  const auto primary = reached(where("phase", -kNever, kNever, "primary"), schools);
  const auto middle = reached(where("phase", -kNever, kNever, "middle"), schools);
  const auto secondary = reached(where("phase", -kNever, kNever, "secondary"), schools);
  Scope both = where("deprivation", 0.25, 0.5);
  both.where.push_back({"enrolment", 300, kNever, ""});
  both.districts = {"East"};
  const auto all = reached(both, schools);
  for (std::size_t i = 0; i < schools.size(); ++i) {
    REQUIRE(deprived[i] == (p.deprivation[i] >= 0.25f && p.deprivation[i] < 0.5f));
    REQUIRE(large[i] == (p.enrolment[i] >= 300));
    REQUIRE(low[i] == (schools.world[col::score_at_start][i] < -1));
    REQUIRE(primary[i] == (p.phase[i] == 0));
    REQUIRE(middle[i] == (p.phase[i] == 1));
    REQUIRE(secondary[i] == (p.phase[i] == 2));
    REQUIRE(all[i] == (deprived[i] && large[i] && p.district[i] == 1));
  }
  CHECK(count(all) > 0);
  CHECK(count(deprived) > 0);
  CHECK(count(low) > 0);

  // A school whose score is not known is in no range of scores.
  Schools unknown(10);
  for (float& score : unknown.world[col::score_at_start]) score = NAN;
  CHECK(count(reached(where("score", -100, 100), unknown)) == 0);
}

TEST_CASE("a share reaches about that share of the schools") {
  const Schools schools(20000);
  for (const double part : {0.05, 0.3, 0.5, 0.95})
    for (const char* draw : {"", "pilot", "control"}) {
      const double found = count(reached(share(part, draw), schools));
      INFO("share " << part << ", draw '" << draw << "': " << found);
      CHECK(standard_errors(found, 20000, part) < 4);
    }
  CHECK(count(reached(share(1), schools)) == 20000);
}

TEST_CASE("the same name draws the same schools, another name others") {
  const Schools schools(20000);
  const auto pilot = reached(share(0.4, "pilot"), schools);
  CHECK(pilot == reached(share(0.4, "pilot"), schools));
  const auto other = reached(share(0.4, "other"), schools);
  double together = 0;
  for (std::size_t i = 0; i < pilot.size(); ++i) together += pilot[i] && other[i];
  CHECK(standard_errors(together, 20000, 0.16) < 4);  // as often as two independent draws meet

  // On two levers: what is given to the pilot schools is given to the same ones.
  Scenario scenario(field_table());
  scenario.lever("capacity_building.coaching").reform = {
      entry(1, 0, 0, kNever, share(0.4, "pilot"))};
  scenario.lever("governance.autonomy").reform = {entry(1, 0, 0, kNever, share(0.4, "pilot"))};
  LeverColumns levers(scenario, schools.population, schools.world, kKey);
  levers.set_year(1);
  for (std::size_t i = 0; i < schools.size(); ++i) {
    REQUIRE((levers.at(LeverId::coaching, i) == 1.0f) == pilot[i]);
    REQUIRE((levers.at(LeverId::autonomy, i) == 1.0f) == pilot[i]);
  }
}

TEST_CASE("shares of one name nest: phasing in keeps the schools that were first") {
  const Schools schools(5000);
  const auto few = reached(share(0.1, "wave"), schools),
             more = reached(share(0.4, "wave"), schools);
  for (std::size_t i = 0; i < schools.size(); ++i) REQUIRE((!few[i] || more[i]));
  CHECK(count(few) < count(more));
}

TEST_CASE("a share within a filter is a share of what the filter leaves") {
  const Schools schools(20000);
  Scope scope = where("phase", -kNever, kNever, "primary");
  scope.share = 0.25;
  const auto in = reached(scope, schools);
  double primary = 0;
  for (std::size_t i = 0; i < schools.size(); ++i) {
    primary += schools.population.phase[i] == 0;
    if (in[i]) REQUIRE(schools.population.phase[i] == 0);
  }
  CHECK(standard_errors(count(in), primary, 0.25) < 4);
}

TEST_CASE("a school more, or another order, leaves the draw of the others as it was") {
  std::vector<std::uint64_t> ids = Schools::numbers(300);
  const auto before = reached(share(0.5, "pilot"), Schools(ids));
  ids.insert(ids.begin() + 17, 999999);
  const auto after = reached(share(0.5, "pilot"), Schools(ids));
  for (std::size_t i = 0; i < before.size(); ++i) REQUIRE(after[i < 17 ? i : i + 1] == before[i]);

  std::vector<std::uint64_t> backwards(ids.rbegin(), ids.rend());
  const auto turned = reached(share(0.5, "pilot"), Schools(backwards));
  for (std::size_t i = 0; i < turned.size(); ++i) REQUIRE(turned[i] == after[after.size() - 1 - i]);
}

TEST_CASE("another replicate draws other schools") {
  const Schools schools(2000);
  CHECK(reached(share(0.5), schools) !=
        reached(share(0.5), schools, make_key(3, 1, Domain::dynamics)));
}

TEST_CASE("entries of different scope make as many groups of schools as there are differences") {
  const Schools schools(400);
  Scope north, poor = where("deprivation", 0.5, 2);
  north.districts = {"North"};
  Coaching coaching({entry(0.2), entry(0.5, 0, 0, kNever, north), entry(0.9, 3, 0, 6, poor)},
                    schools);
  const auto early = coaching.at(1, schools.size()), late = coaching.at(4, schools.size()),
             after = coaching.at(7, schools.size());
  for (std::size_t i = 0; i < schools.size(); ++i) {
    const bool is_north = schools.population.district[i] == 0;
    const bool is_poor = schools.population.deprivation[i] >= 0.5f;
    REQUIRE(early[i] == (is_north ? 0.5f : 0.2f));
    REQUIRE(late[i] == (is_poor ? 0.9f : is_north ? 0.5f : 0.2f));
    REQUIRE(after[i] == early[i]);
  }
}
