#include "base/random.hpp"

#include <Random123/philox.h>

#include "base/math.hpp"

namespace reformsim {
namespace {

// 23 bits and a half fill a float's 24 bits exactly: never 0, never 1, symmetric about 1/2.
inline float to_uniform(std::uint32_t bits) {
  return (static_cast<float>(static_cast<std::int32_t>(bits >> 9)) + 0.5f) * 0x1p-23f;
}

inline r123::Philox4x32::ctr_type draw4(Key key, std::uint16_t purpose, std::uint32_t term,
                                        std::uint64_t entity, std::uint32_t block) {
  const r123::Philox4x32::ctr_type counter = {
      {static_cast<std::uint32_t>(entity), static_cast<std::uint32_t>(entity >> 32), term,
       static_cast<std::uint32_t>(purpose) << 16 | (block & 0xffffu)}};
  const r123::Philox4x32::key_type k = {{key.word[0], key.word[1]}};
  return r123::Philox4x32()(counter, k);
}

}  // namespace

std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter, const Key& key) {
  const r123::Philox4x32::ctr_type c = {{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type k = {{key.word[0], key.word[1]}};
  const auto r = r123::Philox4x32()(c, k);
  return {r.v[0], r.v[1], r.v[2], r.v[3]};
}

Key make_key(std::uint64_t seed, std::uint32_t replicate, Domain domain) {
  const Key seed_key = {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  const auto r = philox({replicate, static_cast<std::uint32_t>(domain), 0, 0}, seed_key);
  return {{r[0], r[1]}};
}

std::uint32_t Draws::bits(std::uint64_t entity, std::uint32_t index) const {
  return draw4(key_, purpose_, term_, entity, index / 4).v[index % 4];
}

float Draws::uniform(std::uint64_t entity, std::uint32_t index) const {
  return to_uniform(bits(entity, index));
}

float Draws::normal(std::uint64_t entity, std::uint32_t index) const {
  return inverse_normal(uniform(entity, index));
}

void Draws::uniforms(std::span<const std::uint64_t> entities, std::uint32_t index,
                     std::span<float> out) const {
  for (std::size_t i = 0; i < entities.size(); ++i) out[i] = uniform(entities[i], index);
}

void Draws::normals(std::span<const std::uint64_t> entities, std::uint32_t index,
                    std::span<float> out) const {
  uniforms(entities, index, out);
  for (std::size_t i = 0; i < entities.size(); ++i) out[i] = inverse_normal(out[i]);
}

void Draws::uniforms4(std::span<const std::uint64_t> entities, std::uint32_t index,
                      std::array<float*, 4> out) const {
  for (std::size_t i = 0; i < entities.size(); ++i) {
    const auto four = draw4(key_, purpose_, term_, entities[i], index / 4);
    for (int lane = 0; lane < 4; ++lane) out[lane][i] = to_uniform(four.v[lane]);
  }
}

void Draws::normals4(std::span<const std::uint64_t> entities, std::uint32_t index,
                     std::array<float*, 4> out) const {
  uniforms4(entities, index, out);
  for (int lane = 0; lane < 4; ++lane)
    for (std::size_t i = 0; i < entities.size(); ++i) out[lane][i] = inverse_normal(out[lane][i]);
}

}  // namespace reformsim
