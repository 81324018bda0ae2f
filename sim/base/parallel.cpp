#include "base/parallel.hpp"

#include <algorithm>
#include <exception>
#include <numeric>
#include <thread>

#include "base/hash.hpp"

#ifndef REFORMSIM_STD_THREADS
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#endif

namespace reformsim {

#ifdef REFORMSIM_STD_THREADS
// ThreadSanitizer cannot see into Debian's oneTBB (it is not instrumented), and what silences its
// reports there would hide our own races; so the sanitizer build runs the same blocks on
// std::thread.
struct Parallel::Backend {
  explicit Backend(int) {}
  void run(int threads, std::size_t count, const std::function<void(std::size_t)>& work) {
    // Thread k takes indices k, k + T ... No shared counter: it would put the blocks in an order
    // that the sanitizer can see, and so hide races between them.
    const std::size_t all = std::min(static_cast<std::size_t>(threads), count);
    const auto worker = [&](std::size_t k) {
      for (std::size_t i = k; i < count; i += all) work(i);
    };
    std::vector<std::thread> crew;
    for (std::size_t k = 1; k < all; ++k) crew.emplace_back(worker, k);
    worker(0);
    for (std::thread& one : crew) one.join();
  }
};
#else
struct Parallel::Backend {
  explicit Backend(int threads)
      : control(oneapi::tbb::global_control::max_allowed_parallelism,
                static_cast<std::size_t>(threads)),
        arena(threads) {}
  void run(int, std::size_t count, const std::function<void(std::size_t)>& work) {
    arena.execute([&] {
      oneapi::tbb::parallel_for(
          std::size_t{0}, count, [&](std::size_t i) { work(i); },
          oneapi::tbb::simple_partitioner{});
    });
  }
  oneapi::tbb::global_control control;
  oneapi::tbb::task_arena arena;
};
#endif

Parallel::Parallel(int threads)
    : threads_(threads > 0 ? threads
                           : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {
  if (threads_ > 1) backend_ = std::make_unique<Backend>(threads_);
}

Parallel::~Parallel() = default;

void Parallel::for_each(std::size_t count, const std::function<void(std::size_t)>& work) const {
  std::vector<std::size_t> order;
  if (shuffle_ != 0) {
    order.resize(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const auto rank = [&](std::size_t i) {
        return hash64_of(std::span<const std::size_t>(&i, 1), shuffle_);
      };
      return std::pair(rank(a), a) < std::pair(rank(b), b);
    });
  }
  const auto at = [&](std::size_t i) { return order.empty() ? i : order[i]; };

  // In order the first error that is met is the first by index: the rest need not run.
  const bool alone = threads_ == 1 || count <= 1;
  if (alone && order.empty()) {
    for (std::size_t i = 0; i < count; ++i) work(i);
    return;
  }
  std::vector<std::exception_ptr> errors(count);
  const auto guarded = [&](std::size_t i) {
    try {
      work(at(i));
    } catch (...) {
      errors[at(i)] = std::current_exception();
    }
  };
  if (alone)
    for (std::size_t i = 0; i < count; ++i) guarded(i);
  else
    backend_->run(threads_, count, guarded);
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace reformsim
