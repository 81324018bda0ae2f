// Keyed draws: a draw is a pure function of (seed, replicate, purpose, term, entity, index),
// through the counter-based generator Philox4x32-10 (Salmon et al. 2011; Random123). There is no
// state, so nothing has to be stored, and the same draw is had by any thread, block, rank or
// resumed run, and in every scenario.
//
//   key     = Philox(counter = (replicate, domain), key = seed), its first 64 bits
//   counter = (entity: 64 bits, term: 32 bits, purpose: 16 bits, index / 4: 16 bits)
//
// One call gives four draws; index % 4 chooses one of them. `entity` is a lasting id, never a row
// number; `purpose` is the permanent number of a mechanism. The price of the first line: two (seed,
// replicate) pairs share a key with probability 2^-64; every later part of the counter is used
// whole.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace reformsim {

// The population (who there is), the dynamics (what happens to them) and the designs of experiments
// (which settings are tried) never share a key.
enum class Domain : std::uint32_t { population = 1, dynamics = 2, design = 3 };

struct Key {
  std::uint32_t word[2];
};
Key make_key(std::uint64_t seed, std::uint32_t replicate, Domain domain);

// Philox4x32-10 itself, for the known-answer tests.
std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter, const Key& key);

// The draws of one purpose in one term.
class Draws {
 public:
  Draws(Key key, std::uint16_t purpose, std::uint32_t term)
      : key_(key), purpose_(purpose), term_(term) {}

  std::uint32_t bits(std::uint64_t entity, std::uint32_t index) const;
  float uniform(std::uint64_t entity, std::uint32_t index) const;  // in (0, 1), steps of 2^-23
  float normal(std::uint64_t entity, std::uint32_t index) const;   // mean 0, SD 1

  // Batches for columns: out[i] is the draw of entities[i]. Four draws cost the price of one:
  // out holds index, index + 1, index + 2, index + 3 (index a multiple of 4), each of
  // entities.size().
  void uniforms(std::span<const std::uint64_t> entities, std::uint32_t index,
                std::span<float> out) const;
  void normals(std::span<const std::uint64_t> entities, std::uint32_t index,
               std::span<float> out) const;
  void uniforms4(std::span<const std::uint64_t> entities, std::uint32_t index,
                 std::array<float*, 4> out) const;
  void normals4(std::span<const std::uint64_t> entities, std::uint32_t index,
                std::array<float*, 4> out) const;

 private:
  Key key_;
  std::uint16_t purpose_;
  std::uint32_t term_;
};

}  // namespace reformsim
