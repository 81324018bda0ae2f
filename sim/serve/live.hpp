// The live engine: answers "what would this policy do?" while the hand is still on the slider.
//
// The burnt-in world of each belief and replicate is kept, with the course of the baseline from
// there; a policy needs one branch from each. Branches are simulated on a few threads, in the order
// of the replicates, and whoever asked is told when there are more of them. A newer ask of the same
// client cancels its older one between two terms. Clients share the threads: the policy with the
// fewest replicates begun comes first, so each has its first answer early.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/simulation.hpp"
#include "serve/course.hpp"

namespace reformsim::serve {

struct LiveOptions {
  int threads = 0;                            // 0: as many as the machine has
  std::uint32_t replicates = 32;              // of a settled answer
  std::size_t memory = std::size_t{1} << 30;  // bytes of worlds kept; the newest belief always is
  std::shared_ptr<const Population> list{};   // of every replicate; none: each draws its own
};

// What has been simulated of an ask: replicates 0 .. n-1 of baseline and reform.
struct Answer {
  std::vector<double> year;
  std::vector<std::shared_ptr<const Course>> baseline, reform;
  std::vector<std::size_t> set;  // of parameters, by replicate; empty without sets
  std::uint32_t of = 0;
  bool lasting = false;    // whether a school is the same one in every replicate
  bool preparing = false;  // worlds have to be burnt in first
  std::string failure;     // why there will be no more; empty
  bool settled() const { return reform.size() == of; }
};

class Live {
 public:
  using Client = std::uint64_t;
  // Called on any thread, from the same ask with ever more replicates, but not always in their
  // order.
  using Listener = std::function<void(const Answer&)>;

  // One baseline for each belief.
  Live(std::vector<std::shared_ptr<const Scenario>> baselines, const LiveOptions& options);
  ~Live();  // stops between two terms
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  // `reform` must share its past with the belief's baseline.
  void ask(Client client, std::size_t belief, Scenario reform, Listener listener);
  void leave(Client client);

  double ready(std::size_t belief) const;  // share of its replicates whose worlds are burnt in
  std::uint64_t terms() const { return terms_; }  // simulated so far, for tests

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Past {  // of one belief and replicate
    enum class State { absent, making, made } state = State::absent;
    std::shared_ptr<const Simulation> world;
    std::shared_ptr<const Course> baseline;
  };
  struct Waiting {
    Listener listener;
    Time asked, told;
    std::uint32_t replicates_told = 0;
  };
  // One policy under one belief, for all who ask for it; kept for a while, for undo and redo.
  struct Run {
    std::size_t belief = 0;
    std::string text;  // the policy
    std::unique_ptr<const Scenario> reform;
    std::vector<std::shared_ptr<const Course>> courses;  // by replicate
    std::vector<bool> started;
    std::uint32_t begun = 0, finished = 0;  // finished: without a gap from 0
    std::string failure;
    std::atomic<bool> wanted{true};
    std::uint64_t used = 0;
    std::map<Client, Waiting> waiting;
  };
  struct Job {
    enum class Kind { none, tell, simulate, prepare } kind = Kind::none;
    std::shared_ptr<Run> run;
    std::size_t belief = 0;
    std::uint32_t replicate = 0;
  };

  void work();
  Job next_job();
  void simulate(const Job& job, std::unique_lock<std::mutex>& lock);
  bool prepare(std::size_t belief, std::uint32_t replicate, std::unique_lock<std::mutex>& lock);
  void tell(const std::shared_ptr<Run>& run, std::unique_lock<std::mutex>& lock);
  Answer answer_of(const Run& run) const;
  void forget_client(Client client);
  void make_room(std::size_t belief);
  bool fits_beside(std::size_t belief) const;
  std::size_t kept(std::size_t belief) const;

  const std::vector<std::shared_ptr<const Scenario>> baselines_;
  const LiveOptions options_;
  std::vector<double> years_;
  Parallel alone_{1};

  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> terms_{0};
  std::vector<std::vector<Past>> pasts_;  // by belief and replicate
  std::vector<std::uint64_t> belief_used_;
  std::vector<bool> hopeless_;   // beliefs whose worlds could not be made in advance
  std::size_t world_bytes_ = 0;  // of one replicate
  std::vector<std::shared_ptr<Run>> runs_;
  std::deque<std::shared_ptr<Run>> to_tell_;
  std::uint64_t clock_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace reformsim::serve
