// What the live engine answers is what a run of the saved scenario gives, bit for bit, whoever
// asks, in whatever order, and whatever was cancelled in between.
#include <catch2/catch.hpp>

#include <condition_variable>
#include <cstring>
#include <mutex>

#include <nlohmann/json.hpp>

#include "decide/estimate.hpp"
#include "engine/ensemble.hpp"
#include "model/fields.hpp"
#include "record/recorder.hpp"
#include "scenario/read.hpp"
#include "scenario/write.hpp"
#include "serve/answers.hpp"
#include "serve/live.hpp"
#include "support/live.hpp"

namespace {

using namespace reformsim;
using namespace reformsim::serve;
using Json = nlohmann::json;

constexpr std::uint32_t kPairs = 6;

std::vector<std::shared_ptr<const Scenario>> baselines(const Offer& offer) {
  std::vector<std::shared_ptr<const Scenario>> all;
  for (const Belief& belief : offer.beliefs) all.push_back(belief.baseline);
  return all;
}

// The answers one client gets.
class Client {
 public:
  Live::Listener listener() {
    return [this](const Answer& answer) {
      const std::lock_guard lock(mutex_);
      answers_.push_back(answer);
      news_.notify_all();
    };
  }
  Answer settled() {
    std::unique_lock lock(mutex_);
    const bool done = news_.wait_for(lock, std::chrono::seconds(100), [&] {
      return !answers_.empty() && (answers_.back().settled() || !answers_.back().failure.empty());
    });
    REQUIRE(done);
    return answers_.back();
  }
  std::vector<Answer> all() {
    const std::lock_guard lock(mutex_);
    return answers_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<Answer> answers_;
};

// What `reformsim run` of the text measures, by replicate.
class Runs : public EnsembleClient {
 public:
  explicit Runs(const std::string& text)
      : scenario_(read_scenario_text(text, "saved.yaml", "/", field_table())) {
    EnsembleOptions options;
    options.threads = 1;
    for (std::uint32_t r = 0; r < scenario_.integer("ensemble.replicates"); ++r)
      options.replicates.push_back(r);
    run_ensemble({&scenario_}, options, *this);
  }
  void begin(std::size_t, std::size_t, Simulation& simulation) override {
    recorder_ = std::make_unique<Recorder>(RecordPlan{}, simulation.parallel());
    recorder_->take(simulation);
    simulation.add_observer(recorder_.get());
  }
  void end(std::size_t, std::size_t, Simulation&) override {
    values.push_back(recorder_->recording().system);
  }
  std::vector<std::vector<double>> values;

 private:
  Scenario scenario_;
  std::unique_ptr<Recorder> recorder_;
};

// Equal to the bit, and NaN where the other is.
bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

void check_answer(const Answer& answer, const Offer& offer, std::size_t belief,
                  const Scenario& reform) {
  REQUIRE(answer.failure.empty());
  const Runs reformed(short_yaml(reform)), usual(short_yaml(*offer.beliefs[belief].baseline));
  REQUIRE(answer.reform.size() == kPairs);
  REQUIRE(reformed.values.size() == kPairs);
  for (std::size_t r = 0; r < kPairs; ++r) {
    CHECK(same(answer.reform[r]->values, reformed.values[r]));
    CHECK(same(answer.baseline[r]->values, usual.values[r]));
    CHECK_FALSE(same(answer.baseline[r]->values, answer.reform[r]->values));
  }
}

Policy policy_of(const char* levers, std::string preset = "") {
  return {std::move(preset), Json::parse(levers)};
}

TEST_CASE("A live answer is a run of the saved scenario", "[live][tsan]") {
  const support::LiveFixture fixture(kPairs);
  Live live(baselines(fixture.offer), {3, kPairs});
  const std::string preset = fixture.offer.presets.back().name;
  for (const std::size_t belief : {std::size_t{0}, fixture.offer.beliefs.size() - 1}) {
    const Scenario reform = scenario_of(
        fixture.offer, belief,
        policy_of(R"({"collaboration.time": [{"value": 0.7, "from": 1}], "networks.hubs": []})",
                  preset));
    Client client;
    live.ask(1, belief, reform, client.listener());
    check_answer(client.settled(), fixture.offer, belief, reform);
  }
}

TEST_CASE("Clients that ask at the same time, and change their minds, get their own answers",
          "[live][tsan]") {
  const support::LiveFixture fixture(kPairs);
  const Offer& offer = fixture.offer;
  Live live(baselines(offer), {3, kPairs});
  std::vector<Client> clients(3);
  std::vector<Client> given_up(20);
  std::vector<Scenario> last;
  for (std::size_t c = 0; c < clients.size(); ++c)
    last.push_back(scenario_of(
        offer, 0,
        policy_of(fmt::format(R"({{"collaboration.time": {}}})", 0.2 + 0.1 * static_cast<double>(c))
                      .c_str())));
  for (std::size_t n = 0; n < given_up.size(); ++n)
    live.ask(n % clients.size(), 0,
             scenario_of(offer, 0,
                         policy_of(fmt::format(R"({{"pedagogy.focus": {}}})",
                                               0.5 + 0.01 * static_cast<double>(n))
                                       .c_str())),
             given_up[n].listener());
  for (std::size_t c = 0; c < clients.size(); ++c) live.ask(c, 0, last[c], clients[c].listener());
  live.ask(99, 0, last[0], given_up[0].listener());
  live.leave(99);
  for (std::size_t c = 0; c < clients.size(); ++c)
    check_answer(clients[c].settled(), offer, 0, last[c]);
}

TEST_CASE("The same question again is answered without simulating", "[live]") {
  const support::LiveFixture fixture(kPairs);
  Live live(baselines(fixture.offer), {2, kPairs});
  const Scenario reform =
      scenario_of(fixture.offer, 0, policy_of(R"({"collaboration.time": 0.9})"));
  Client first, again;
  live.ask(1, 0, reform, first.listener());
  const Answer answer = first.settled();
  for (int wait = 0; wait < 1000; ++wait) {  // until all worlds are made in advance
    double ready = 1;
    for (std::size_t b = 0; b < fixture.offer.beliefs.size(); ++b)
      ready = std::min(ready, live.ready(b));
    if (ready == 1) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const std::uint64_t before = live.terms();
  live.ask(1, 0, reform, again.listener());
  CHECK(again.settled().reform == answer.reform);  // the very same
  CHECK(live.terms() == before);
}

TEST_CASE("What cannot be simulated is said once, and stops nobody else", "[live][tsan]") {
  const support::LiveFixture fixture(kPairs);
  Live live(baselines(fixture.offer), {3, kPairs});
  const Scenario good = scenario_of(fixture.offer, 0, policy_of(R"({"collaboration.time": 0.9})"));
  Scenario other = good;
  other.set("population.seed", std::int64_t{99});  // does not share its past with the baseline
  Client first, second;
  live.ask(1, 0, good, first.listener());
  check_answer(first.settled(), fixture.offer, 0, good);  // all worlds are made
  live.ask(1, 0, other, first.listener());
  live.ask(2, 0, good, second.listener());
  const auto failures = [&] {
    const std::vector<Answer> all = first.all();
    return std::count_if(all.begin(), all.end(), [](auto& a) { return !a.failure.empty(); });
  };
  for (int wait = 0; wait < 1000 && failures() == 0; ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  check_answer(second.settled(), fixture.offer, 0, good);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // what other threads have to say
  CHECK(failures() == 1);
}

TEST_CASE("Worlds that no longer fit are given up, and made again to the same bits", "[live]") {
  const support::LiveFixture fixture(kPairs);
  LiveOptions options{2, kPairs};
  options.memory = 1;  // one belief at a time
  Live live(baselines(fixture.offer), options);
  for (const std::size_t belief : {0, 1, 0}) {
    const Scenario reform = scenario_of(
        fixture.offer, belief,
        policy_of(belief == 0 ? R"({"collaboration.time": 0.9})" : R"({"pedagogy.focus": 1})"));
    Client client;
    live.ask(1, belief, reform, client.listener());
    check_answer(client.settled(), fixture.offer, belief, reform);
  }
}

TEST_CASE("A fan holds the estimates of compare, and the replicates from the first on", "[live]") {
  const support::LiveFixture fixture(kPairs);
  Live live(baselines(fixture.offer), {2, kPairs});
  const Scenario reform =
      scenario_of(fixture.offer, 0, policy_of(R"({"collaboration.time": 0.9})"));
  Client client;
  live.ask(1, 0, reform, client.listener());
  const Answer answer = client.settled();
  const Json fan = Json::parse(fan_message(3, answer, {"energy_mean"}));
  CHECK(fan["settled"] == true);
  CHECK(fan["measures"].size() == 1);
  const auto& rows = system_measures();
  const auto m = static_cast<std::size_t>(
      std::find_if(rows.begin(), rows.end(), [](auto& row) { return row.name == "energy_mean"; }) -
      rows.begin());
  const std::size_t last = answer.year.size() - 1;
  std::vector<double> a, b;
  for (std::size_t r = 0; r < kPairs; ++r) {
    a.push_back(answer.reform[r]->values[last * rows.size() + m]);
    b.push_back(answer.baseline[r]->values[last * rows.size() + m]);
  }
  const Estimate expected = estimate(a, b, true);
  const Json& energy = fan["measures"]["energy_mean"];
  CHECK(energy["reform"]["mean"][last] == expected.mean);
  CHECK(energy["difference"]["mean"][last] == expected.difference);
  CHECK(energy["difference"]["low"][last] == expected.low);
  CHECK(energy["difference"]["band_high"][last] == expected.difference_band_high);
  CHECK(energy["difference"]["mean"][0] == 0.0);

  Answer two = answer;
  two.reform.resize(2);
  two.baseline.resize(2);
  CHECK(Json::parse(fan_message(3, two, {"energy_mean"}))["settled"] == false);

  const Json map = Json::parse(map_message({5, 2, {"true_score", "cluster"}}, answer));
  CHECK(map["columns"]["true_score"]["reform"].size() == 30);
  CHECK(map["columns"]["cluster"]["baseline"].size() == 30);
  CHECK_THROWS_AS(map_message({5, 2.5, {}}, answer), InputError);
  CHECK_THROWS_AS(map_message({5, 2, {"shoe_size"}}, answer), InputError);
}

}  // namespace
