// The workshop server without its network: messages, who may speak, policies, answers.
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "record/measures.hpp"
#include "report/words.hpp"
#include "scenario/read.hpp"
#include "scenario/write.hpp"
#include "serve/access.hpp"
#include "serve/answers.hpp"
#include "serve/limits.hpp"
#include "serve/messages.hpp"
#include "serve/offer.hpp"
#include "support/live.hpp"
#include "support/scenarios.hpp"

namespace {

using namespace reformsim;
using namespace reformsim::serve;
using Json = nlohmann::json;

// The members that a message's problems name, and its id.
std::pair<std::vector<std::string>, std::optional<std::uint64_t>> faults(const std::string& text) {
  try {
    read_message(text);
  } catch (const BadMessage& error) {
    std::vector<std::string> paths;
    for (const Problem& problem : error.problems()) {
      CHECK_FALSE(problem.message.empty());
      paths.push_back(problem.place.file);
    }
    return {paths, error.id};
  }
  return {};
}

using Paths = std::vector<std::string>;

TEST_CASE("Messages: a good one is read whole", "[serve]") {
  CHECK(std::holds_alternative<Hello>(read_message(R"({"type": "hello", "protocol": 1})")));
  const auto ask = std::get<Ask>(read_message(
      R"({"type": "ask", "id": 7, "policy": {"preset": "p", "levers": {"a.b": 0.5, "c.d": []}},
          "belief": "default", "measures": ["x", "y"]})"));
  CHECK(ask.id == 7);
  CHECK(ask.policy.preset == "p");
  CHECK(ask.policy.levers.size() == 2);
  CHECK(ask.measures == Paths{"x", "y"});
  const auto map = std::get<MapRequest>(read_message(R"({"type": "map", "id": 0, "year": 3})"));
  CHECK(map.year == 3);
  CHECK(map.columns.empty());
  const auto save = std::get<Save>(read_message(
      R"({"type": "save", "id": 1, "policy": {}, "belief": null, "title": "T\u00e9"})"));
  CHECK(save.title == "T\u00e9");
  CHECK(save.belief.empty());
}

TEST_CASE("Messages: what is wrong is named, and no more", "[serve]") {
  CHECK(faults("").first == Paths{""});
  CHECK(faults("[]").first == Paths{""});
  CHECK(faults("{\"type\": \"hello\", \"protocol\": 1} x").first == Paths{""});
  CHECK(faults("{\"type\": \"\xff\"}").first == Paths{""});
  CHECK(faults(R"({"type": "dance"})").first == Paths{"type"});
  CHECK(faults(R"({"type": 3})").first == Paths{"type", "type"});
  CHECK(faults(R"({"type": "hello"})").first == Paths{"protocol"});
  CHECK(faults(R"({"type": "hello", "protocol": 2})").first == Paths{"protocol"});
  CHECK(faults(R"({"type": "hello", "protocol": 1, "x": 1})").first == Paths{"x"});
  CHECK(faults(R"({"type": "map", "id": 1, "id": 2, "year": 0})").first == Paths{"id"});
  CHECK(faults(R"({"type": "map", "id": -1, "year": "x"})").first == Paths{"id", "year"});
  CHECK(faults(R"({"type": "map", "id": 1.5, "year": 1e999})").first == Paths{""});
  const auto measures = faults(R"({"type": "ask", "id": 9, "policy": {}, "measures": []})");
  CHECK(measures.first == Paths{"measures"});
  CHECK(measures.second == 9);
  CHECK(faults(R"({"type": "ask", "id": 9, "policy": [], "measures": ["m"]})").first ==
        Paths{"policy"});
  CHECK(faults(R"({"type": "ask", "id": 9, "measures": ["m"]})").first == Paths{"policy"});
  CHECK(faults(R"({"type": "ask", "id": 9, "policy": {"levers": {"a": [[]], "b": null, "c":
        {"value": [1]}}, "more": 1}, "measures": ["m", 4]})")
            .first == Paths{"policy.more", "a", "b", "c", "measures"});
  const std::string entries = "[" + std::string(kEntries, ' ') + "{\"value\": 1}" + [] {
    std::string more;
    for (std::size_t e = 0; e < kEntries; ++e) more += ", {\"value\": 1}";
    return more;
  }() + "]";
  CHECK(
      faults(R"({"type": "save", "id": 1, "policy": {"levers": {"a": )" + entries + "}}}").first ==
      Paths{"a"});
  CHECK(faults(R"({"type": "save", "id": 1, "policy": {}, "title": ")" +
               std::string(kText + 1, 'x') + "\"}")
            .first == Paths{"title"});
}

TEST_CASE("Messages: neither depth nor a flood of members costs anything", "[serve]") {
  const std::size_t half = kMessageBytes / 2;
  CHECK(faults(std::string(half, '[') + std::string(half, ']')).first == Paths{""});
  CHECK(faults(std::string(kMessageBytes, '[')).first == Paths{""});
  std::string nested = "1";
  for (int d = 0; d < 2 * kMessageDepth; ++d) nested = "{\"a\": " + nested + "}";
  CHECK(faults(R"({"type": "save", "id": 1, "policy": )" + nested + "}").first == Paths{""});
  std::string many = R"({"type": "hello", "protocol": 1)";
  for (int m = 0; m < 5000; ++m) many += fmt::format(", \"m{}\": 1", m);
  CHECK(faults(many + "}").first.size() == 10);
}

TEST_CASE("Only this machine's names and the page's own origin are good", "[serve]") {
  for (const char* host :
       {"localhost", "LOCALHOST:80", "127.0.0.1:8377", "[::1]:8377", "127.9.9.9"})
    CHECK(good_host(host, "127.0.0.1"));
  for (const char* host :
       {"", "evil.example", "evil.example:8377", "localhost.evil.example", "192.168.0.7",
        "127.0.0.1.evil.example", "localhost:80@evil", "[::1", "localhost:", "127.0.0.1:x"})
    CHECK_FALSE(good_host(host, "127.0.0.1"));
  CHECK(good_host("192.168.0.7:8377", "0.0.0.0"));
  CHECK(good_host("[fe80::1]:8377", "::"));
  CHECK_FALSE(good_host("evil.example", "0.0.0.0"));
  CHECK(good_origin("", "localhost:1"));
  CHECK(good_origin("http://localhost:1", "LocalHost:1"));
  for (const char* origin : {"null", "http://localhost:2", "https://localhost:1",
                             "http://evil.example", "http://localhost:1.evil.example", "file://"})
    CHECK_FALSE(good_origin(origin, "localhost:1"));
}

TEST_CASE("A policy becomes the scenario that is saved", "[serve]") {
  const support::LiveFixture fixture;
  const Offer& offer = fixture.offer;
  REQUIRE(offer.presets.size() >= 4);
  for (const Preset& preset : offer.presets) {
    const Scenario scenario =
        scenario_of(offer, 0, {preset.name, Json::object()}, "T: \"#", "D\n: #");
    const Scenario again =
        read_scenario_text(short_yaml(scenario), "saved.yaml", "/", scenario.table());
    CHECK(resolved_yaml(scenario) == resolved_yaml(again));
    CHECK(levers_of(scenario) == preset.levers);
    CHECK(scenario.integer("population.schools") == 30);
  }
}

TEST_CASE("Levers of a policy replace those of the preset one by one", "[serve]") {
  const support::LiveFixture fixture;
  Policy policy;
  for (const Preset& preset : fixture.offer.presets)
    if (preset.levers.contains("networks.facilitation")) policy.preset = preset.name;
  REQUIRE_FALSE(policy.preset.empty());
  policy.levers = Json::parse(R"({"networks.facilitation": [],
      "collaboration.time": 0.25,
      "governance.district_role": "bypassed",
      "capacity_building.coaching": [{"value": 0.1, "from": 1, "to": 2},
        {"value": 0.3, "from": 2, "scope": {"where": {"phase": "primary", "deprivation": {"min": 0.1}},
         "share": 0.5, "draw": "pilot"}}]})");
  const Scenario scenario = scenario_of(fixture.offer, 0, policy);
  CHECK(scenario.lever("networks.facilitation").reform.empty());
  CHECK(scenario.lever("collaboration.time").reform.at(0).value == 0.25);
  CHECK(scenario.lever("governance.district_role").reform.at(0).value == 0);
  const auto& coaching = scenario.lever("capacity_building.coaching").reform;
  REQUIRE(coaching.size() == 2);
  CHECK(coaching[0].to == 2);
  CHECK(coaching[1].scope.draw == "pilot");
  CHECK_FALSE(scenario.lever("networks.participation").reform.empty());
  // What was made of it says the same again.
  CHECK(resolved_yaml(scenario_of(fixture.offer, 0, {"", levers_of(scenario)})) ==
        resolved_yaml(scenario));
}

TEST_CASE("The scenario language judges a policy, lever by lever", "[serve]") {
  const support::LiveFixture fixture;
  const auto paths_of = [&](const char* levers, const std::string& preset = "") {
    Paths paths;
    try {
      scenario_of(fixture.offer, 0, {preset, Json::parse(levers)});
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems()) paths.push_back(problem.place.file);
    }
    return paths;
  };
  CHECK(paths_of("{}") == Paths{});
  CHECK(paths_of("{}", "nobody") == Paths{"policy.preset"});
  CHECK(paths_of(R"({"networks.facilitation": 1.5})") == Paths{"networks.facilitation"});
  CHECK(paths_of(R"({"networks.facilitatoin": 0.5, "horizon.years": 3})") ==
        Paths{"horizon.years", "networks.facilitatoin"});
  CHECK(paths_of(R"({"networks.facilitation": "0.5"})") == Paths{"networks.facilitation"});
  CHECK(paths_of(R"({"networks.facilitation": [{"value": 0.5, "from": 3, "to": 2}],
                     "governance.district_role": "leads"})") ==
        Paths{"governance.district_role", "networks.facilitation"});
  CHECK(paths_of(R"({"networks.cluster_size": {"value": 5, "scope": {"share": 0.5}}})") ==
        Paths{"networks.cluster_size"});
  CHECK(paths_of(R"({"networks.hubs": {"value": 0.5, "scope": {"districts": ["Nowhere"]}}})") ==
        Paths{"networks.hubs"});
  // No text gets out of its quotes.
  CHECK(paths_of(R"({"a\": 1\nhorizon:\n  years: 99\n#": 1})").size() == 1);
  CHECK(paths_of(R"({"networks.hubs": {"value": 0.5, "scope": {"share": 0.5,
                     "draw": "x\"}\nhorizon: {years: 99}"}}})") == Paths{"networks.hubs"});
}

TEST_CASE("Beliefs are the scenario's own and those of the folder", "[serve]") {
  const support::LiveFixture fixture;
  std::vector<std::string> names, files;
  for (const serve::Belief& belief : fixture.offer.beliefs) names.push_back(belief.name);
  for (const auto& file :
       std::filesystem::directory_iterator(REFORMSIM_SOURCE_DIR "/scenarios/parameters"))
    if (file.path().extension() == ".yaml") files.push_back(file.path().stem().string());
  CHECK(fixture.offer.left_out.empty());
  CHECK(names.size() >= 3);
  CHECK(names.size() <= files.size());  // what changes nothing is the scenario's own
  for (const std::string& name : names)
    CHECK(std::find(files.begin(), files.end(), name) != files.end());
  CHECK(names.front() == "default");
  CHECK(fixture.offer.belief("") == 0);
  CHECK_THROWS_AS(fixture.offer.belief("certainty"), InputError);
  for (const serve::Belief& belief : fixture.offer.beliefs) CHECK_FALSE(belief.description.empty());
}

TEST_CASE("The welcome holds what a page needs", "[serve]") {
  const support::LiveFixture fixture;
  std::vector<double> ready(fixture.offer.beliefs.size(), 0.5);
  const Json welcome = Json::parse(welcome_message(fixture.offer, ready));
  CHECK(welcome["years"].size() == 4);
  CHECK(welcome["levers"].size() == kLevers);
  CHECK(welcome["schools"]["name"].size() == 30);
  CHECK(welcome["schools"]["x"][0].is_number());
  CHECK(welcome["measures"].size() == system_measures().size());
  // The words of the report, in its order; and nothing for what it does not show.
  const auto shown = shown_measures();
  for (std::size_t m = 0; m < welcome["measures"].size(); ++m) {
    const Json& row = welcome["measures"][m];
    if (m >= shown.size()) {
      CHECK(row["label"].is_null());
      continue;
    }
    CHECK(row["name"] == shown[m].name);
    CHECK(row["label"] == shown[m].label);
    CHECK(row["scale"] == shown[m].scale);
    CHECK(row["decimals"] == shown[m].most_decimals);
  }
  for (const Json& lever : welcome["levers"]) {
    const bool choice = lever["type"] == "choice";
    CHECK(lever["choices"].empty() != choice);
    CHECK(lever["status_quo"].is_string() == choice);
    CHECK_FALSE(lever["meaning"].get<std::string>().empty());
  }
}

}  // namespace
