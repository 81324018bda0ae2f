#include "experiment/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <exception>
#include <filesystem>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "decide/paired.hpp"
#include "experiment/unit.hpp"
#include "record/results_file.hpp"
#include "record/whole_file.hpp"
#include "scenario/files.hpp"
#include "scenario/words.hpp"

namespace reformsim {
namespace {

namespace fs = std::filesystem;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kPlanFile = "plan.yaml";

enum : char { kOpen = 0, kDone = 1, kFailed = 2 };

// First line of plan.yaml: results of two builds must not be mixed.
std::string made_by() {
  return fmt::format("# reformsim {} ({})", program_version(), program_commit());
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// What is known of all units, and what the precision trigger looks at.
class Known {
 public:
  explicit Known(const Plan& plan) : plan_(&plan), state_(plan.points() * plan.replicates, kOpen) {
    if (!plan.precision) return;
    watched_.assign(state_.size() * plan.policies.size(), kNone);
    place_ = plan.precision_place();
  }

  char state(std::size_t point, std::size_t replicate) const {
    return state_[at(point, replicate)];
  }

  // Throws RunError for a result that the plan does not ask for.
  void add(const UnitResult& result, const std::string& from) {
    if (result.point >= plan_->points() || result.replicate >= plan_->replicates)
      throw RunError(fmt::format(
          "{}: holds point {}, replicate {}, which the plan does not have; points and replicates "
          "may be added, not taken away",
          from, result.point, result.replicate));
    if (result.point_digest != point_digest(*plan_, result.point))
      throw RunError(fmt::format("{}: point {} had other values; points may be added, not changed",
                                 from, result.point));
    if (!result.failed() && result.values.size() != plan_->values_per_unit())
      throw RunError(fmt::format("{}: point {}, replicate {} holds {} values instead of {}", from,
                                 result.point, result.replicate, result.values.size(),
                                 plan_->values_per_unit()));
    const std::size_t unit = at(result.point, result.replicate);
    state_[unit] = result.failed() ? kFailed : kDone;
    if (result.failed() || watched_.empty()) return;
    const std::size_t each = plan_->measures.size() * plan_->years.size();
    for (std::size_t s = 0; s < plan_->policies.size(); ++s)
      watched_[unit * plan_->policies.size() + s] = result.values[s * each + place_];
  }

  // Whether the replicates before `upto` are enough; also whether they are there at all.
  bool enough(std::size_t point, std::uint32_t upto) const {
    std::vector<std::vector<double>> values(plan_->policies.size());
    for (std::uint32_t r = 0; r < upto; ++r)
      for (std::size_t s = 0; s < values.size(); ++s)
        values[s].push_back(watched_[at(point, r) * values.size() + s]);
    return precise_enough(*plan_, values);
  }

  // To and from the other ranks.
  std::string text() const {
    std::string bytes(state_.begin(), state_.end());
    if (!watched_.empty())
      bytes.append(reinterpret_cast<const char*>(watched_.data()),
                   watched_.size() * sizeof(double));
    return bytes;
  }
  void take(const std::string& bytes) {
    std::copy_n(bytes.begin(), state_.size(), state_.begin());
    if (!watched_.empty())
      std::memcpy(watched_.data(), bytes.data() + state_.size(), watched_.size() * sizeof(double));
  }
  std::vector<double> news(const std::vector<Unit>& units) const {
    std::vector<double> all;
    for (const Unit& unit : units) {
      all.push_back(unit.point), all.push_back(unit.replicate);
      all.push_back(state(unit.point, unit.replicate));
      for (std::size_t s = 0; s < plan_->policies.size(); ++s)
        all.push_back(watched_[at(unit.point, unit.replicate) * plan_->policies.size() + s]);
    }
    return all;
  }
  void take(const std::vector<double>& news) {
    const std::size_t each = 3 + plan_->policies.size();
    for (std::size_t i = 0; i + each <= news.size(); i += each) {
      const std::size_t unit =
          at(static_cast<std::size_t>(news[i]), static_cast<std::size_t>(news[i + 1]));
      state_[unit] = static_cast<char>(news[i + 2]);
      for (std::size_t s = 0; s < plan_->policies.size(); ++s)
        watched_[unit * plan_->policies.size() + s] = news[i + 3 + s];
    }
  }

 private:
  std::size_t at(std::size_t point, std::size_t replicate) const {
    return point * plan_->replicates + replicate;
  }
  const Plan* plan_;
  std::vector<char> state_;
  std::vector<double> watched_;  // [point][replicate][policy]; only with a precision trigger
  std::size_t place_ = 0;        // of the measure and year among a scenario's values
};

class Sweeping {
 public:
  Sweeping(const Plan& plan, const SweepOptions& options, Team& team)
      : plan_(plan),
        options_(options),
        team_(team),
        digest_(plan_digest(plan)),
        known_(plan),
        order_(visiting_order(plan)),
        decided_(plan.points(), 0) {}

  SweepOutcome run() {
    const double begun = seconds_now();
    Parallel threads(options_.threads);
    outcome_.threads = threads.threads();
    open();
    for (std::uint32_t first = 0; first < plan_.replicates && !over(); first += step())
      round(first, std::min(first + step(), plan_.replicates), threads);
    close();
    outcome_.wall_seconds = seconds_now() - begun;
    if (error_) std::rethrow_exception(error_);
    return outcome_;
  }

 private:
  std::uint32_t step() const { return plan_.precision ? plan_.batch : plan_.replicates; }
  bool over() const { return outcome_.stopped || outcome_.gave_up || error_; }

  bool mine(std::size_t point, std::uint32_t replicate) const {
    const Shard& shard = options_.shard;
    const std::uint64_t number = shard_number(plan_, point, replicate);
    return number % shard.count == shard.index - 1;
  }

  std::string journal_name() const {
    if (team_.size() > 1) return fmt::format("rank-{:05}.journal", team_.rank());
    if (!options_.shard.whole())
      return fmt::format("shard-{:05}-of-{:05}.journal", options_.shard.index,
                         options_.shard.count);
    return "sweep.journal";
  }

  // Finds what is finished already, by whomever, and opens the journal of this process.
  void open() {
    const std::string own = (fs::path(options_.directory) / journal_name()).generic_string();
    // A rank that cannot begin must not leave the others waiting.
    try {
      journal_ = std::make_unique<Journal>(own, digest_);
      if (team_.rank() == 0)
        for (const std::string& file : journals_in(options_.directory))
          scan_journal(file, digest_, false, [&](const UnitResult& result, const RecordPlace&) {
            known_.add(result, file);
          });
    } catch (...) {
      error_ = std::current_exception();
    }
    if (team_.any(error_ != nullptr)) {
      if (!error_) throw RunError("another rank of this sweep could not begin");
      std::rethrow_exception(error_);
    }
    known_.take(team_.from_first(known_.text()));
    for (std::size_t p = 0; p < plan_.points(); ++p)
      for (std::uint32_t r = 0; r < plan_.replicates; ++r) {
        if (!mine(p, r)) continue;
        ++outcome_.units;
        outcome_.known += known_.state(p, r) != kOpen;
        outcome_.failed += known_.state(p, r) == kFailed;
      }
    outcome_.gave_up = plan_.stop_on_failure && outcome_.failed > 0;
  }

  // The replicates from `first` to `last` of all points that are not known well enough yet.
  void round(std::uint32_t first, std::uint32_t last, const Parallel& threads) {
    const std::size_t points = plan_.points();
    const std::size_t units = points * (last - first);
    std::vector<Unit> news;
    team_.begin();
    threads.for_each(static_cast<std::size_t>(threads.threads()), [&](std::size_t) {
      Worker worker(plan_, lists_, options_.stop);
      while (!halt_.load()) {
        const std::size_t place = team_.next();
        if (place >= units) return;
        const Unit unit{order_[place % points], first + static_cast<std::uint32_t>(place / points)};
        if (!mine(unit.point, unit.replicate) || decided_[unit.point] ||
            known_.state(unit.point, unit.replicate) != kOpen)
          continue;
        try {
          finished(worker.run(unit.point, unit.replicate), news);
        } catch (const Stopped&) {
          const std::lock_guard lock(mutex_);
          outcome_.stopped = true;
          halt();
        } catch (...) {
          const std::lock_guard lock(mutex_);
          if (!error_) error_ = std::current_exception();
          halt();
        }
      }
    });
    agree(news, last);
  }

  void finished(const UnitResult& result, std::vector<Unit>& news) {
    journal_->append(result);
    const std::lock_guard lock(mutex_);
    known_.add(result, "this run");
    if (plan_.precision) news.push_back({result.point, result.replicate});
    ++outcome_.done;
    outcome_.run_seconds += result.seconds;
    failed_now_ += result.failed();
    if (result.failed() && plan_.stop_on_failure) {
      outcome_.gave_up = true;
      halt();
    }
    if (options_.progress)
      options_.progress(static_cast<double>(outcome_.known + outcome_.done) /
                        static_cast<double>(std::max<std::uint64_t>(outcome_.units, 1)));
  }

  // Nobody takes another unit.
  void halt() {
    halt_ = true;
    team_.no_more();
  }

  // All ranks know what all have found, or all stop.
  void agree(const std::vector<Unit>& news, std::uint32_t last) {
    outcome_.stopped = team_.any(outcome_.stopped);
    outcome_.gave_up = team_.any(outcome_.gave_up);
    agree_on_errors();
    if (over() || !plan_.precision) return;
    known_.take(team_.all_of(known_.news(news)));
    for (std::size_t p = 0; p < plan_.points(); ++p) {
      if (decided_[p] || !mine(p, 0) || !known_.enough(p, last)) continue;
      decided_[p] = 1;
      for (std::uint32_t r = last; r < plan_.replicates; ++r)
        outcome_.units -= known_.state(p, r) == kOpen;  // not asked for
    }
  }

  void agree_on_errors() {
    if (team_.any(error_ != nullptr) && !error_)
      error_ = std::make_exception_ptr(RunError("another rank of this sweep failed"));
  }

  // The journals of all ranks are on the disk before anybody reads them, and all ranks are counted.
  void close() {
    try {
      journal_->sync();
    } catch (...) {
      if (!error_) error_ = std::current_exception();
    }
    agree_on_errors();
    const std::vector<double> mine = {static_cast<double>(outcome_.done),
                                      static_cast<double>(failed_now_),
                                      static_cast<double>(outcome_.threads), outcome_.run_seconds};
    std::vector<double> sum(mine.size(), 0.0);
    const std::vector<double> all = team_.all_of(mine);
    for (std::size_t i = 0; i < all.size(); ++i) sum[i % sum.size()] += all[i];
    outcome_.done = static_cast<std::uint64_t>(sum[0]);
    outcome_.failed += static_cast<std::uint64_t>(sum[1]);
    outcome_.threads = static_cast<int>(sum[2]);
    outcome_.run_seconds = sum[3];
    if (!error_ && outcome_.failed > 0 && team_.rank() == 0) find_first_failure();
  }

  // Whichever was met first, this is the same one.
  void find_first_failure() {
    std::optional<std::pair<std::uint32_t, std::uint32_t>> first;
    for (const std::string& file : journals_in(options_.directory))
      scan_journal(file, digest_, false, [&](const UnitResult& result, const RecordPlace&) {
        const std::pair unit(result.replicate, result.point);
        if (!result.failed() || !mine(result.point, result.replicate) || (first && *first < unit))
          return;
        first = unit;
        outcome_.first_failed = {result.point, result.replicate};
        outcome_.first_failure = fmt::format("point {}, replicate {}: {}", result.point,
                                             result.replicate, result.reason);
      });
  }

  const Plan& plan_;
  const SweepOptions& options_;
  Team& team_;
  std::string digest_;
  Known known_;
  std::vector<std::uint32_t> order_;
  std::vector<char> decided_;  // points whose precision is reached
  Lists lists_;
  std::unique_ptr<Journal> journal_;
  std::atomic<bool> halt_ = false;
  std::mutex mutex_;
  std::exception_ptr error_;
  std::uint64_t failed_now_ = 0;
  SweepOutcome outcome_;
};

}  // namespace

std::vector<std::uint32_t> visiting_order(const Plan& plan) {
  std::vector<std::uint32_t> order(plan.points());
  std::iota(order.begin(), order.end(), 0u);
  std::vector<std::uint64_t> key(order.size());
  for (std::size_t p = 0; p < key.size(); ++p) {
    const std::uint64_t of[] = {static_cast<std::uint64_t>(plan.seed), p};
    key[p] = hash64_of(std::span<const std::uint64_t>(of));
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return key[a] != key[b] ? key[a] < key[b] : a < b;
  });
  return order;
}

std::uint64_t shard_number(const Plan& plan, std::size_t point, std::uint32_t replicate) {
  constexpr std::uint64_t kPrime = 7919;  // neighbours in replicate fall into other shards too
  return plan.precision ? point : point + kPrime * replicate;
}

bool precise_enough(const Plan& plan, const std::vector<std::vector<double>>& values) {
  std::vector<std::size_t> sets;
  std::vector<std::uint32_t> replicates(values[0].size());
  std::iota(replicates.begin(), replicates.end(), 0u);
  for (const Policy& policy : plan.policies)
    if (sets.empty()) sets = sets_of(policy.scenario, replicates);
  const auto narrow = [&](const PairedDifference& difference) {
    return difference.low && (*difference.high - *difference.low) / 2 <= plan.precision->half_width;
  };
  if (values.size() == 1)
    return narrow(paired_difference(values[0], std::vector<double>(values[0].size(), 0.0), sets));
  for (std::size_t s = 0; s < values.size(); ++s)
    if (s != plan.baseline && !narrow(paired_difference(values[s], values[plan.baseline], sets)))
      return false;
  return true;
}

Plan plan_of(const std::string& directory, const FieldTable& table) {
  const std::string file = (fs::path(directory) / kPlanFile).generic_string();
  const FileText read = read_file(file, std::string().max_size());
  if (!read.bytes)
    throw InputError({directory, 0, 0}, fmt::format("this is not the folder of a sweep: {}: {}",
                                                    kPlanFile, read.problem));
  // A plan that somebody wrote often has the same name: `-o .` beside it.
  if (!read.bytes->starts_with("# reformsim "))
    throw InputError({directory, 0, 0},
                     fmt::format("this is not the folder of a sweep: its {} was not written by "
                                 "`sweep`; use another folder",
                                 kPlanFile));
  if (!read.bytes->starts_with(made_by() + '\n'))
    throw InputError(
        {file, 1, 1},
        fmt::format("begun by another build ({}; this is {}); results of two builds "
                    "are not mixed: use that build, or another folder",
                    read.bytes->substr(2, read.bytes->find('\n') - 2), made_by().substr(2)));
  return read_plan_text(*read.bytes, file, directory, table);
}

void prepare_sweep(const Plan& plan, const std::string& directory) {
  const std::string file = (fs::path(directory) / kPlanFile).generic_string();
  std::error_code problem;
  fs::create_directories(directory, problem);
  if (problem) throw RunError(fmt::format("{}: cannot be made: {}", directory, problem.message()));
  // Journals first: another shard that is just beginning writes the plan before its journal.
  const bool begun = !journals_in(directory).empty();
  const bool known = fs::exists(file, problem);
  if (problem) throw RunError(fmt::format("{}: cannot be read: {}", file, problem.message()));
  if (!known && begun)
    throw InputError({directory, 0, 0},
                     "holds journals of a sweep, but not its plan.yaml; without it nobody can say "
                     "whose they are: put it back, or use another folder");
  const std::string text = made_by() + '\n' + resolved_plan(plan, true);
  if (known) {
    const Plan before = plan_of(directory, plan.policies[0].scenario.table());
    std::vector<Problem> problems;
    const auto refuse = [&](const std::string& what) { problems.push_back({{file, 0, 0}, what}); };
    for (const std::string& what : what_differs(before, plan)) refuse(what);
    if (plan.replicates < before.replicates)
      refuse(fmt::format("{} replicates before, {} now", before.replicates, plan.replicates));
    if (plan.points() < before.points())
      refuse(fmt::format("{} points before, {} now", before.points(), plan.points()));
    if (problems.empty())
      for (std::size_t p = 0; p < before.points() && problems.empty(); ++p)
        if (point_digest(before, p) != point_digest(plan, p))
          refuse(fmt::format("point {} has other values now", p));
    if (!problems.empty()) {
      problems.push_back({{file, 0, 0},
                          "a sweep may be given more points and more replicates; for "
                          "anything else use another folder"});
      throw InputError(std::move(problems));
    }
    if (read_file(file, std::string().max_size()).bytes == text) return;
  }
  WholeFile whole(file);
  whole.write(text);
  whole.commit();
}

SweepOutcome run_sweep(const Plan& plan, const SweepOptions& options, Team& team) {
  return Sweeping(plan, options, team).run();
}

}  // namespace reformsim
