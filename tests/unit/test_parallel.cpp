// Blocks in parallel: each once, sums and errors the same whoever computes them.
#include <catch2/catch.hpp>

#include <atomic>
#include <bit>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/hash.hpp"
#include "base/parallel.hpp"

using namespace reformsim;

namespace {

constexpr int kThreads[] = {1, 2, 3, 7, 16};
constexpr std::uint64_t kShuffles[] = {0, 1, 2, 3, 77};

// Numbers with all their bits in use, whose sum depends on the order in which they are added.
double awkward(std::size_t row) {
  const std::uint64_t bits = hash64_of(std::span<const std::size_t>(&row, 1));
  return static_cast<double>(bits >> 11) * 0x1p-53 - 0.5;
}

}  // namespace

TEST_CASE("for_each calls each index once") {
  for (const int threads : kThreads)
    for (const std::uint64_t seed : kShuffles)
      for (const std::size_t count : {0u, 1u, 2u, 100u}) {
        Parallel parallel(threads);
        parallel.shuffle(seed);
        std::vector<std::atomic<int>> calls(count);
        std::atomic<std::size_t> outside = 0;
        parallel.for_each(count, [&](std::size_t i) {
          if (i < count)
            ++calls[i];
          else
            ++outside;
        });
        INFO(threads << " threads, shuffle " << seed << ", " << count << " indices");
        CHECK(outside == 0);
        for (const auto& times : calls) REQUIRE(times == 1);
      }
}

TEST_CASE("a shuffle changes the order, and 0 restores it") {
  Parallel parallel(1);
  std::vector<std::size_t> in_order(200), seen, again, other;
  for (std::size_t i = 0; i < in_order.size(); ++i) in_order[i] = i;
  const auto run = [&](std::uint64_t seed, std::vector<std::size_t>& order) {
    parallel.shuffle(seed);
    parallel.for_each(200, [&](std::size_t i) { order.push_back(i); });
  };
  run(5, seen);
  run(5, again);
  run(6, other);
  CHECK(seen != in_order);
  CHECK(seen == again);
  CHECK(seen != other);
  seen.clear();
  run(0, seen);
  CHECK(seen == in_order);
}

TEST_CASE("blocks cover all rows, whatever the number of threads") {
  for (const int threads : kThreads)
    for (const std::size_t rows : {std::size_t{0}, std::size_t{1}, kBlock - 1, kBlock, kBlock + 1,
                                   10 * kBlock, 10 * kBlock + 17}) {
      const Parallel parallel(threads);
      std::vector<Block> blocks(block_count(rows));
      parallel.for_each_block(rows, [&](Block block) { blocks.at(block.index) = block; });
      std::size_t next = 0;
      for (std::size_t k = 0; k < blocks.size(); ++k) {
        REQUIRE(blocks[k].index == k);
        REQUIRE(blocks[k].begin == next);
        REQUIRE(blocks[k].begin % kBlock == 0);
        REQUIRE(blocks[k].size() > 0);
        REQUIRE(blocks[k].size() <= kBlock);
        next = blocks[k].end;
      }
      CHECK(next == rows);
      CHECK(block_count(rows) == (rows == 0 ? 0 : (rows - 1) / kBlock + 1));
    }
}

TEST_CASE("sums are the same to the bit for any number of threads and any order") {
  constexpr std::size_t kRows = 100 * kBlock + 321;
  const auto part = [](Block block) {
    double sum = 0;
    for (std::size_t i = block.begin; i < block.end; ++i) sum += awkward(i);
    return sum;
  };
  // What is promised: the blocks' sums, added in the order of the blocks.
  double promised = 0, backwards = 0;
  for (std::size_t k = 0; k < block_count(kRows); ++k)
    promised += part({k * kBlock, std::min(kRows, (k + 1) * kBlock), k});
  for (std::size_t k = block_count(kRows); k-- > 0;)
    backwards += part({k * kBlock, std::min(kRows, (k + 1) * kBlock), k});
  REQUIRE(promised != backwards);  // else the test could not fail

  for (const int threads : kThreads)
    for (const std::uint64_t seed : kShuffles) {
      Parallel parallel(threads);
      parallel.shuffle(seed);
      INFO(threads << " threads, shuffle " << seed);
      CHECK(std::bit_cast<std::uint64_t>(parallel.sum_blocks(kRows, part)) ==
            std::bit_cast<std::uint64_t>(promised));
    }
  CHECK(Parallel(3).sum_blocks(0, part) == 0);
}

TEST_CASE("of several errors the first by index is thrown") {
  for (const int threads : kThreads)
    for (const std::uint64_t seed : kShuffles) {
      Parallel parallel(threads);
      parallel.shuffle(seed);
      std::atomic<int> done = 0;
      std::string message;
      try {
        parallel.for_each(500, [&](std::size_t i) {
          if (i == 41 || i == 42 || i == 7 || i == 499)
            throw std::runtime_error("school " + std::to_string(i));
          ++done;
        });
      } catch (const std::runtime_error& error) {
        message = error.what();
      }
      INFO(threads << " threads, shuffle " << seed);
      CHECK(message == "school 7");
      if (threads > 1 || seed != 0) CHECK(done == 496);
      if (threads == 1 && seed == 0) CHECK(done == 7);  // in order it stops at the first error
    }
}

TEST_CASE("the type of an error survives, and the pool works on afterwards") {
  struct Own {
    int value;
  };
  const Parallel parallel(3);
  for (int round = 0; round < 3; ++round) {
    int value = 0;
    try {
      parallel.for_each(10, [](std::size_t i) {
        if (i >= 4) throw Own{static_cast<int>(i)};
      });
    } catch (const Own& error) {
      value = error.value;
    }
    CHECK(value == 4);
  }
  CHECK(parallel.sum_blocks(5 * kBlock, [](Block block) { return double(block.size()); }) ==
        5.0 * kBlock);
}

TEST_CASE("parallel work inside parallel work: replicates outside, blocks inside") {
  constexpr std::size_t kRows = 9 * kBlock + 5;
  const auto part = [](Block block) {
    double sum = 0;
    for (std::size_t i = block.begin; i < block.end; ++i) sum += awkward(i);
    return sum;
  };
  const double alone = Parallel(1).sum_blocks(kRows, part);
  for (const int threads : kThreads)
    for (const int inner : {1, threads}) {
      const Parallel replicates(threads), blocks(inner);
      std::vector<double> sums(23);
      replicates.for_each(sums.size(),
                          [&](std::size_t r) { sums[r] = blocks.sum_blocks(kRows, part); });
      INFO(threads << " threads outside, " << inner << " inside");
      for (const double sum : sums) REQUIRE(sum == alone);
      // The same pool in both places.
      replicates.for_each(sums.size(),
                          [&](std::size_t r) { sums[r] = replicates.sum_blocks(kRows, part); });
      for (const double sum : sums) REQUIRE(sum == alone);
    }
}

TEST_CASE("the number of threads is what was asked for; one thread is the caller's own") {
  CHECK(Parallel(1).threads() == 1);
  CHECK(Parallel(7).threads() == 7);
  CHECK(Parallel(0).threads() ==
        std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  const auto caller = std::this_thread::get_id();
  Parallel(1).for_each(50, [&](std::size_t) { REQUIRE(std::this_thread::get_id() == caller); });
}
