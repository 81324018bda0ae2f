#include "base/parallel.hpp"

#include <algorithm>
#include <exception>
#include <numeric>
#include <thread>

#include "base/hash.hpp"

#ifdef REFORMSIM_STD_THREADS
#include <atomic>
#else
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#endif

namespace reformsim {

#ifdef REFORMSIM_STD_THREADS
// ThreadSanitizer cannot see into Debian's oneTBB (it is not instrumented), and what silences its reports
// there would hide our own races; so the sanitizer build runs the same blocks on std::thread.
struct Parallel::Backend {
  explicit Backend(int) {}
  void run(int threads, std::size_t count, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    const auto worker = [&] {
      for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) work(i);
    };
    std::vector<std::thread> crew;
    const std::size_t others = std::min<std::size_t>(static_cast<std::size_t>(threads) - 1, count);
    for (std::size_t k = 0; k < others; ++k) crew.emplace_back(worker);
    worker();
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
      oneapi::tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) { work(i); },
                                oneapi::tbb::simple_partitioner{});
    });
  }
  oneapi::tbb::global_control control;
  oneapi::tbb::task_arena arena;
};
#endif

Parallel::Parallel(int threads)
    : threads_(threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {
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

  if (threads_ == 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) work(at(i));
    return;
  }
  std::vector<std::exception_ptr> errors(count);
  backend_->run(threads_, count, [&](std::size_t i) {
    try {
      work(at(i));
    } catch (...) {
      errors[at(i)] = std::current_exception();
    }
  });
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace reformsim
