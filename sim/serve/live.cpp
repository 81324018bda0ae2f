#include "serve/live.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/error.hpp"
#include "scenario/write.hpp"

namespace reformsim::serve {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kRuns = 16;      // policies kept for undo and redo
constexpr std::uint32_t kFirst = 4;    // replicates of a first answer,
constexpr milliseconds kSoon{60};      // or two of them after this time
constexpr milliseconds kBetween{120};  // from one answer to the next

// Ends a burn-in, which nobody else can be asked to end, when the server stops.
class StopsWhenAsked : public Observer {
 public:
  explicit StopsWhenAsked(const std::atomic<bool>& stop) : stop_(stop) {}
  void after_term(const Simulation&) override {
    if (stop_) throw Stopped();
  }

 private:
  const std::atomic<bool>& stop_;
};

std::size_t bytes_of(const World& world) {
  std::size_t bytes = 0;
  for (std::size_t c = 0; c < kColumns; ++c) bytes += world.bytes(static_cast<Column>(c)).size();
  return bytes;
}

}  // namespace

Live::Live(std::vector<std::shared_ptr<const Scenario>> baselines, const LiveOptions& options)
    : baselines_(std::move(baselines)),
      options_(options),
      pasts_(baselines_.size(), std::vector<Past>(options.replicates)),
      belief_used_(baselines_.size()),
      hopeless_(baselines_.size()) {
  for (std::int64_t y = 0; y <= baselines_.at(0)->integer("horizon.years"); ++y)
    years_.push_back(static_cast<double>(y));
  const int threads = Parallel(options.threads).threads();
  for (int t = 0; t < threads; ++t) threads_.emplace_back([this] { work(); });
}

Live::~Live() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  news_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Live::ask(Client client, std::size_t belief, Scenario reform, Listener listener) {
  std::string text = short_yaml(reform);
  {
    const std::lock_guard lock(mutex_);
    forget_client(client);
    const auto found = std::find_if(runs_.begin(), runs_.end(), [&](const auto& run) {
      return run->belief == belief && run->text == text && run->failure.empty();
    });
    std::shared_ptr<Run> run;
    if (found != runs_.end()) {
      run = *found;
    } else {
      run = std::make_shared<Run>();
      run->belief = belief;
      run->text = std::move(text);
      run->reform = std::make_unique<const Scenario>(std::move(reform));
      run->courses.resize(options_.replicates);
      run->started.resize(options_.replicates);
      runs_.push_back(run);
    }
    run->used = belief_used_[belief] = ++clock_;
    run->wanted = true;
    const Time now = steady_clock::now();
    run->waiting[client] = {std::move(listener), now, now, 0};
    // At once what is there already: all of it, or that the worlds have yet to be made.
    if (run->finished > 0 || pasts_[belief][0].state != Past::State::made) to_tell_.push_back(run);
    while (runs_.size() > kRuns) {
      const auto oldest = std::min_element(runs_.begin(), runs_.end(), [](auto& a, auto& b) {
        return std::pair(!a->waiting.empty(), a->used) < std::pair(!b->waiting.empty(), b->used);
      });
      if (!(*oldest)->waiting.empty()) break;
      runs_.erase(oldest);
    }
  }
  news_.notify_all();
}

void Live::leave(Client client) {
  const std::lock_guard lock(mutex_);
  forget_client(client);
}

void Live::forget_client(Client client) {
  for (const auto& run : runs_)
    if (run->waiting.erase(client) > 0 && run->waiting.empty()) run->wanted = false;
}

double Live::ready(std::size_t belief) const {
  const std::lock_guard lock(mutex_);
  const auto made = std::count_if(pasts_[belief].begin(), pasts_[belief].end(),
                                  [](const auto& p) { return p.state == Past::State::made; });
  return static_cast<double>(made) / static_cast<double>(options_.replicates);
}

void Live::work() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const Job job = next_job();
    switch (job.kind) {
      case Job::Kind::none:
        news_.wait(lock);
        break;
      case Job::Kind::tell:
        tell(job.run, lock);
        break;
      case Job::Kind::simulate:
        simulate(job, lock);
        break;
      case Job::Kind::prepare:
        try {
          prepare(job.belief, job.replicate, lock);
        } catch (const std::exception&) {
          hopeless_[job.belief] = true;  // whoever asks for this belief will hear of it
        }
        break;
    }
  }
}

// Called with the lock held.
Live::Job Live::next_job() {
  if (!to_tell_.empty()) {
    const std::shared_ptr<Run> run = to_tell_.front();
    to_tell_.pop_front();
    return {Job::Kind::tell, run, 0, 0};
  }
  Job best;
  for (const std::shared_ptr<Run>& run : runs_) {
    if (run->waiting.empty() || !run->failure.empty()) continue;
    if (best.run && std::pair(run->begun, run->used) >= std::pair(best.run->begun, best.run->used))
      continue;
    for (std::uint32_t r = 0; r < options_.replicates; ++r)
      if (!run->started[r] && pasts_[run->belief][r].state != Past::State::making) {
        best = {Job::Kind::simulate, run, run->belief, r};
        break;
      }
  }
  if (best.run) return best;
  // Nobody asks: make the worlds that will be asked for next.
  std::vector<std::size_t> order(baselines_.size());
  for (std::size_t b = 0; b < order.size(); ++b) order[b] = b;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return belief_used_[a] > belief_used_[b]; });
  for (const std::size_t belief : order) {
    if (hopeless_[belief] || !fits_beside(belief)) continue;
    for (std::uint32_t r = 0; r < options_.replicates; ++r)
      if (pasts_[belief][r].state == Past::State::absent)
        return {Job::Kind::prepare, nullptr, belief, r};
  }
  return {};
}

// Burns one replicate in and runs its baseline. False when the server stops first.
bool Live::prepare(std::size_t belief, std::uint32_t replicate,
                   std::unique_lock<std::mutex>& lock) {
  make_room(belief);
  pasts_[belief][replicate].state = Past::State::making;
  lock.unlock();
  std::shared_ptr<Simulation> world;
  std::shared_ptr<const Course> course;
  std::exception_ptr error;
  try {
    const Scenario& baseline = *baselines_[belief];
    auto population = options_.list;
    if (!population)
      population = std::make_shared<const Population>(make_population(baseline, replicate));
    world = std::make_shared<Simulation>(baseline, std::move(population), replicate, alone_);
    StopsWhenAsked stopping(stop_);
    world->add_observer(&stopping);
    world->burn_in();
    world->clear_observers();
    Simulation branch = *world;
    branch.branch(baseline);
    course = course_of(branch, replicate == 0, [this] { return ++terms_, !stop_; });
  } catch (const Stopped&) {
    // As when the course is not run to its end.
  } catch (...) {
    error = std::current_exception();
  }
  lock.lock();
  Past& past = pasts_[belief][replicate];
  past.state = course ? Past::State::made : Past::State::absent;
  if (course) {
    world_bytes_ = bytes_of(world->world());
    past.world = std::move(world);
    past.baseline = std::move(course);
  }
  news_.notify_all();
  if (error) std::rethrow_exception(error);
  return past.state == Past::State::made;
}

void Live::simulate(const Job& job, std::unique_lock<std::mutex>& lock) {
  const std::shared_ptr<Run> run = job.run;
  const std::uint32_t r = job.replicate;
  run->started[r] = true;
  ++run->begun;
  std::shared_ptr<const Course> course;
  std::string failure;
  try {
    Past& past = pasts_[run->belief][r];
    if (past.state == Past::State::made || prepare(run->belief, r, lock)) {
      const std::shared_ptr<const Simulation> world = past.world;
      lock.unlock();
      Simulation branch = *world;
      branch.branch(*run->reform);
      course = course_of(branch, r == 0, [&] { return ++terms_, run->wanted && !stop_; });
    }
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (!lock.owns_lock()) lock.lock();
  if (!course) {  // to be done again when somebody wants it
    run->started[r] = false;
    --run->begun;
    if (failure.empty()) return;
    run->failure = failure;
    to_tell_.push_back(run);
    return;
  }
  run->courses[r] = std::move(course);
  while (run->finished < options_.replicates && run->courses[run->finished]) ++run->finished;
  tell(run, lock);
}

// Tells those for whom it is time. Their listeners run without the lock.
void Live::tell(const std::shared_ptr<Run>& run, std::unique_lock<std::mutex>& lock) {
  const Time now = steady_clock::now();
  std::vector<Listener> listeners;
  const bool unprepared = pasts_[run->belief][0].state != Past::State::made;
  for (auto& [client, waiting] : run->waiting) {
    const bool first = waiting.replicates_told == 0;
    const bool more = run->finished > waiting.replicates_told;
    const bool enough =
        run->finished >= kFirst || (run->finished >= 2 && now - waiting.asked >= kSoon);
    const bool due =
        run->finished == options_.replicates || (first ? enough : now - waiting.told >= kBetween);
    if (!run->failure.empty() || (more && due) || (first && !more && unprepared)) {
      listeners.push_back(waiting.listener);
      waiting.told = now;
      waiting.replicates_told = run->finished;
    }
  }
  if (!run->failure.empty()) run->waiting.clear();  // once; there will be no more
  if (listeners.empty()) return;
  Answer answer = answer_of(*run);
  answer.preparing = unprepared && run->finished == 0;
  lock.unlock();
  for (const Listener& listener : listeners) listener(answer);
  lock.lock();
}

Answer Live::answer_of(const Run& run) const {
  Answer answer;
  answer.year = years_;
  answer.of = options_.replicates;
  answer.lasting = options_.list != nullptr;
  answer.failure = run.failure;
  for (std::uint32_t r = 0; r < run.finished; ++r) {
    answer.reform.push_back(run.courses[r]);
    answer.baseline.push_back(pasts_[run.belief][r].baseline);
    const Scenario& belief = *baselines_[run.belief];
    if (belief.parameter_sets() != nullptr) answer.set.push_back(belief.set_of(r));
  }
  return answer;
}

std::size_t Live::kept(std::size_t belief) const {
  std::size_t worlds = 0;
  for (const Past& past : pasts_[belief]) worlds += past.state != Past::State::absent;
  return worlds;
}

// Whether all worlds of a belief may be kept together with those that are there.
bool Live::fits_beside(std::size_t belief) const {
  std::size_t worlds = options_.replicates;
  for (std::size_t b = 0; b < pasts_.size(); ++b)
    if (b != belief) worlds += kept(b);
  return worlds == options_.replicates || worlds * world_bytes_ <= options_.memory;
}

// Gives up the worlds that were asked for longest ago. Their baselines are needed for answers and
// stay.
void Live::make_room(std::size_t belief) {
  while (!fits_beside(belief)) {
    std::size_t oldest = pasts_.size();
    for (std::size_t b = 0; b < pasts_.size(); ++b)
      if (b != belief && kept(b) > 0 &&
          (oldest == pasts_.size() || belief_used_[b] < belief_used_[oldest]))
        oldest = b;
    for (Past& past : pasts_[oldest])
      if (past.state == Past::State::made) {
        past.state = Past::State::absent;
        past.world.reset();
      }
    if (kept(oldest) > 0) return;  // being made at this moment
  }
}

}  // namespace reformsim::serve
