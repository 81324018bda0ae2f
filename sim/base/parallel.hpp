// Parallel blocks whose results do not depend on who computes them. The only room that names
// oneTBB.
//
// Work is cut into blocks of kBlock rows, whatever the number of threads; a block writes only its
// own rows; sums are taken per block and added in the order of the blocks. Errors are gathered by
// index and the first in index order is thrown, so that a failure reads the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace reformsim {

inline constexpr std::size_t kBlock = 1024;

struct Block {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t index = 0;
  std::size_t size() const { return end - begin; }
};

inline std::size_t block_count(std::size_t rows) { return (rows + kBlock - 1) / kBlock; }

class Parallel {
 public:
  explicit Parallel(
      int threads);  // 1: everything in the calling thread; 0: as many as the machine has
  ~Parallel();
  Parallel(const Parallel&) = delete;
  Parallel& operator=(const Parallel&) = delete;

  int threads() const { return threads_; }

  // Hands out indices in an order shuffled by `seed` (0: in order). For tests of order
  // independence.
  void shuffle(std::uint64_t seed) { shuffle_ = seed; }

  // Calls work(0) ... work(count - 1), each once, in any order, on any thread.
  void for_each(std::size_t count, const std::function<void(std::size_t)>& work) const;

  // Calls work(Block) for each block of `rows` rows.
  template <class Work>
  void for_each_block(std::size_t rows, Work&& work) const {
    for_each(block_count(rows), [&](std::size_t index) {
      const std::size_t begin = index * kBlock;
      const std::size_t end = begin + kBlock < rows ? begin + kBlock : rows;
      work(Block{begin, end, index});
    });
  }

  // Sum of work(Block) -> double over the blocks, added in index order.
  template <class Work>
  double sum_blocks(std::size_t rows, Work&& work) const {
#ifdef REFORMSIM_PLANT_RACE
    double total = 0.0;  // planted for the tests of the tests: a race, and sums in order of arrival
    for_each_block(rows, [&](Block block) { total += work(block); });
    return total;
#else
    std::vector<double> parts(block_count(rows));
    for_each_block(rows, [&](Block block) { parts[block.index] = work(block); });
    double total = 0.0;
    for (const double part : parts) total += part;
    return total;
#endif
  }

 private:
  struct Backend;
  int threads_;
  std::uint64_t shuffle_ = 0;
  std::unique_ptr<Backend> backend_;
};

}  // namespace reformsim
