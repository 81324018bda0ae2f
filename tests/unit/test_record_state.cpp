// Checkpoints and traces: continued to the same bytes, refused when damaged, and the first
// difference found.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "engine/simulation.hpp"
#include "engine/trace.hpp"
#include "model/fields.hpp"
#include "record/checkpoint_file.hpp"
#include "record/trace_file.hpp"
#include "scenario/read.hpp"
#include "support/folder.hpp"

using namespace reformsim;
using support::Folder;
namespace fs = std::filesystem;

namespace {

Scenario scenario_of(const std::string& more = "") {
  return read_scenario_text(
      "reformsim: 1\npopulation: {schools: 24, districts: 3}\n"
      "horizon: {years: 3, burn_in_years: 1}\nensemble: {seed: 5}\n" +
          more,
      "folder/test.yaml", ".", field_table());
}

bool same_world(const World& a, const World& b) {
  if (!(a.shape() == b.shape())) return false;
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto x = a.bytes(static_cast<Column>(c)), y = b.bytes(static_cast<Column>(c));
    if (std::memcmp(x.data(), y.data(), x.size()) != 0) return false;
  }
  return true;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void spoil(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

template <class Work>
std::string message_of(Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

// Changes a value of one school after a mechanism of a term, as a fault would.
class Fault : public Observer {
 public:
  Fault(Simulation& simulation, std::string mechanism, int term)
      : simulation_(simulation), mechanism_(std::move(mechanism)), term_(term) {}
  void after_mechanism(const Simulation& simulation, const Mechanism& mechanism) override {
    if (mechanism.name != mechanism_ || simulation.term() != term_) return;
    auto& world = const_cast<World&>(simulation_.world());
    for (const std::size_t school : {5u, 9u}) world[col::energy][school] *= 0.5f;
  }

 private:
  Simulation& simulation_;
  std::string mechanism_;
  int term_;
};

void trace_run(const Scenario& scenario, const std::string& path, const std::string& mechanism = "",
               int term = 0) {
  const Parallel parallel(1);
  const auto population = std::make_shared<Population>(make_population(scenario, 0));
  Simulation simulation(scenario, population, 0, parallel);
  Trace trace;
  Fault fault(simulation, mechanism, term);
  trace.take(simulation, "(start)");
  simulation.add_observer(&fault);
  simulation.add_observer(&trace);
  simulation.burn_in();
  trace.take(simulation, "(begin)");
  while (!simulation.done()) simulation.next_term();
  write_trace(path, scenario, *population, {&trace});
}

// The mechanism that owns a column.
std::string owner_of(Column column) {
  for (const Mechanism& mechanism : term_schedule())
    for (const Column owned : mechanism.owns)
      if (owned == column) return std::string(mechanism.name);
  FAIL("nobody owns the column");
  return "";
}

}  // namespace

TEST_CASE("a run continued from a checkpoint ends in the same bytes", "[unit][record]") {
  const Scenario scenario = scenario_of("record: {schools: all, clusters: true}\n");
  const Parallel parallel(1);
  const Folder folder;
  const std::string path = folder / "c";
  const auto population = std::make_shared<Population>(make_population(scenario, 4));
  const RecordPlan plan = record_plan(scenario, *population);
  Recorder whole(plan, parallel);
  Simulation simulation(scenario, population, 4, parallel);
  simulation.burn_in();
  whole.take(simulation);
  simulation.add_observer(&whole);
  simulation.run_until(1);
  {
    CheckpointWriter writer(path, {"key", "text of the scenario", 1});
    Recording other;
    other.replicate = 2;
    writer.add(simulation.state(), other);
    writer.add(simulation.state(), whole.recording());
    CHECK_FALSE(fs::exists(path));
    writer.commit();
  }
  while (!simulation.done()) simulation.next_term();

  CheckpointReader reader(path);
  CHECK(reader.header().scenario == "text of the scenario");
  CHECK(reader.header().year == 1);
  CHECK(reader.replicates().size() == 2);
  CHECK(std::is_sorted(reader.replicates().begin(), reader.replicates().end()));
  CHECK(reader.replicates() == std::vector<std::uint32_t>{2, 4});
  reader.require_key("key", "everything");
  CHECK(message_of([&] {
          reader.require_key("other", "the seed");
        }).find("the seed must be the same") != std::string::npos);
  CheckpointReader::Entry entry = reader.load(4);
  CHECK(entry.recording.year == std::vector<double>{0, 1});
  Simulation again(scenario, population, 4, parallel);
  again.restore(std::move(entry.state));
  Recorder rest(plan, parallel);
  rest.recording() = std::move(entry.recording);
  again.add_observer(&rest);
  while (!again.done()) again.next_term();
  CHECK(same_world(again.world(), simulation.world()));
  CHECK(rest.recording().year == whole.recording().year);
  CHECK(std::memcmp(rest.recording().system.data(), whole.recording().system.data(),
                    whole.recording().system.size() * sizeof(double)) == 0);
  CHECK(rest.recording().school == whole.recording().school);
  CHECK(rest.recording().cluster.size() == whole.recording().cluster.size());
  CHECK(rest.recording().school_enrolment == whole.recording().school_enrolment);
}

TEST_CASE("no damage to a checkpoint goes unseen", "[unit][record]") {
  const Scenario scenario = scenario_of();
  const Parallel parallel(1);
  const Folder folder;
  const std::string path = folder / "c";
  const auto population = std::make_shared<Population>(make_population(scenario, 0));
  const Simulation simulation(scenario, population, 0, parallel);
  Recording recording;
  CheckpointWriter writer(path, {"key", "scenario", 0});
  for (std::uint32_t r = 0; r < 3; ++r) {
    recording.replicate = r;
    writer.add(simulation.state(), recording);
  }
  writer.commit();
  const std::string whole = bytes_of(path);
  REQUIRE(CheckpointReader(path).replicates().size() == 3);
  const auto refused = [&](const std::string& bytes) {
    spoil(path, bytes);
    CHECK_THROWS_AS(CheckpointReader(path), InputError);
  };
  std::uint32_t luck = 1;
  const auto draw = [&](std::size_t below) {
    return (luck = luck * 1664525u + 1013904223u) % below;
  };
  for (int i = 0; i < 60; ++i) {
    std::string bytes = whole;
    bytes[draw(bytes.size())] ^= static_cast<char>(1u << draw(8));
    refused(bytes);
    refused(whole.substr(0, draw(whole.size())));
  }
  for (std::size_t length = 0; length < 200; ++length) refused(whole.substr(0, length));
  for (std::size_t at = 0; at < 200; ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(0xff - bytes[at]);
    refused(bytes);
  }
  refused(whole + "x");
  // A replicate taken out, and two that change places: every section is whole.
  std::vector<std::pair<std::size_t, std::size_t>> parts;
  for (std::size_t at = 23; at < whole.size();) {
    std::uint64_t size = 0;
    std::memcpy(&size, whole.data() + at, sizeof(size));
    parts.emplace_back(at, 16 + size);
    at += 16 + size;
  }
  REQUIRE(parts.size() == 5);
  const auto part = [&](std::size_t k) { return whole.substr(parts[k].first, parts[k].second); };
  const std::string magic = whole.substr(0, 23);
  refused(magic + part(0) + part(1) + part(3) + part(4));
  refused(magic + part(0) + part(2) + part(1) + part(3) + part(4));
  refused(magic + part(4));
  spoil(path, magic + part(0) + part(1) + part(2) + part(3) + part(4));
  CHECK(CheckpointReader(path).replicates().size() == 3);

  const auto says = [&](const std::string& bytes, const std::string& words) {
    spoil(path, bytes);
    const std::string message = message_of([&] { CheckpointReader reader(path); });
    INFO(message);
    CHECK(message.find(words) != std::string::npos);
  };
  says("", "not a checkpoint");
  says("reformsim checkpoint 3\n....", "a format that this program does not read");
  says(whole.substr(0, whole.size() / 2), "cut short");
  CHECK(message_of([&] { CheckpointReader reader(folder / "none"); }).find("no such file") !=
        std::string::npos);
}

TEST_CASE("equal runs have equal traces", "[unit][record]") {
  const Folder folder;
  trace_run(scenario_of(), folder / "a.h5");
  trace_run(scenario_of(), folder / "b.h5");
  CHECK((bytes_of(folder / "a.h5") == bytes_of(folder / "b.h5")));
  bool same = false;
  const std::string text = trace_difference(folder / "a.h5", folder / "b.h5", same);
  CHECK(same);
  CHECK(text.find("No difference") == 0);
}

TEST_CASE("a trace names the term, mechanism, column and school of a fault", "[unit][record]") {
  const Folder folder;
  const Scenario scenario = scenario_of();
  trace_run(scenario, folder / "a.h5");
  const std::string owner = owner_of(Column::energy);
  const Population population = make_population(scenario, 0);
  const auto [term, when] = GENERATE(table<int, const char*>(
      {{4, "term 4 (year 1.33)"}, {-2, "term -2 (year -0.67, in burn-in)"}}));
  trace_run(scenario, folder / "b.h5", owner, term);
  bool same = true;
  const std::string text = trace_difference(folder / "a.h5", folder / "b.h5", same);
  INFO(text);
  CHECK_FALSE(same);
  const auto has = [&](const std::string& words) { return text.find(words) != std::string::npos; };
  CHECK(has(when));
  CHECK(has("mechanism  " + owner));
  CHECK(has("column     energy"));
  CHECK(has("school row 5 (school " + population.school_code[5] + "), the first of 2 of 24 rows"));
  CHECK(has("--set record.every=term"));
  CHECK(has("record.school_measures=[energy"));
}

TEST_CASE("traces that cannot be compared are said to be so", "[unit][record]") {
  const Folder folder;
  trace_run(scenario_of(), folder / "a.h5");
  bool same = true;
  trace_run(scenario_of("title: other\n"), folder / "b.h5");
  CHECK(trace_difference(folder / "a.h5", folder / "b.h5", same).find("scenarios differ") !=
        std::string::npos);
  CHECK(same);

  const Scenario longer = read_scenario_text(
      "reformsim: 1\npopulation: {schools: 24, districts: 3}\n"
      "horizon: {years: 4, burn_in_years: 1}\nensemble: {seed: 5}\n",
      "t", ".", field_table());
  trace_run(longer, folder / "b.h5");
  CHECK(trace_difference(folder / "a.h5", folder / "b.h5", same).find("goes on with") !=
        std::string::npos);
  CHECK_FALSE(same);

  const Scenario unlucky = read_scenario_text(
      "reformsim: 1\npopulation: {schools: 24, districts: 3, seed: 2}\n"
      "horizon: {years: 3, burn_in_years: 1}\nensemble: {seed: 5}\n",
      "t", ".", field_table());
  trace_run(unlucky, folder / "b.h5");
  const std::string text = trace_difference(folder / "a.h5", folder / "b.h5", same);
  INFO(text);
  CHECK(text.find("(start)") != std::string::npos);

  spoil(folder / "b.h5", "garbage");
  CHECK_THROWS_AS(trace_difference(folder / "a.h5", folder / "b.h5", same), InputError);
  const std::string whole = bytes_of(folder / "a.h5");
  spoil(folder / "b.h5", whole.substr(0, whole.size() / 2));
  CHECK_THROWS_AS(trace_difference(folder / "a.h5", folder / "b.h5", same), InputError);
}
