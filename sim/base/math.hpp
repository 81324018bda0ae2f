// exp, log, power, logistic and the inverse normal, in plain multiplications and additions: the
// same bits on every processor, where libm picks other instructions on other machines. Branch-free,
// so that loops over columns vectorise. The float versions are for columns, the double versions for
// scalars.
//
// Errors (tests/unit/test_math.cpp measures them against Boost.Math): float versions within 4 units
// in the last place over the ranges a model needs, the inverse normal within 2e-6 absolute.
#pragma once

#include <bit>
#include <cstdint>

namespace reformsim {

inline float clamp(float x, float low, float high) {
  const float raised = x < low ? low : x;
  return raised > high ? high : raised;
}
inline float unit(float x) { return clamp(x, 0.0f, 1.0f); }
// x above 0, else 0; exact. Compilers make branches of a comparison, and a branch that data decide
// at random costs more than this arithmetic.
inline float positive(float x) { return 0.5f * (x + __builtin_fabsf(x)); }
// As unit, for what scatters around the bounds; between them it rounds as 1 - (1 - x) does.
inline float unit_flat(float x) { return 1.0f - positive(1.0f - positive(x)); }

// e^x; arguments outside [-87, 88] are held at that bound, so the result is never 0, infinite or
// NaN.
inline float exp(float x) {
  x = clamp(x, -87.0f, 88.0f);
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to the nearest integer
  const float n = (x * 1.44269504f + kRound) - kRound;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;  // ln 2 in two parts
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const auto scale = static_cast<std::uint32_t>(static_cast<std::int32_t>(n) + 127) << 23;
  return p * std::bit_cast<float>(scale);
}

// Natural logarithm of a positive normal number; anything below 1e-37 counts as 1e-37.
inline float log(float x) {
  x = x < 1e-37f ? 1e-37f : x;
  const auto bits = std::bit_cast<std::uint32_t>(x);
  // x = m * 2^e with m in [sqrt(1/2), sqrt(2))
  const std::uint32_t shifted = bits - 0x3f3504f3u;
  const auto e = static_cast<float>(static_cast<std::int32_t>(shifted) >> 23);
  const float m = std::bit_cast<float>((shifted & 0x007fffffu) + 0x3f3504f3u);
  const float s = (m - 1.0f) / (m + 1.0f);
  const float s2 = s * s;
  float p = 1.0f / 11.0f;
  p = p * s2 + 1.0f / 9.0f;
  p = p * s2 + 1.0f / 7.0f;
  p = p * s2 + 1.0f / 5.0f;
  p = p * s2 + 1.0f / 3.0f;
  const float series = 2.0f * s + 2.0f * s * s2 * p;
  return e * 0.693359375f + (series + e * -2.12194440e-4f);
}

inline float logistic(float x) { return 1.0f / (1.0f + exp(-x)); }

// Phi^-1(u) for u in (0, 1): erfinv in single precision after M. Giles (2010), "Approximating the
// erfinv function"; both branches are evaluated and one selected.
inline float square_root(float x) { return __builtin_sqrtf(x); }  // IEEE: the same bits everywhere
inline float inverse_normal(float u) {
  const float x = 2.0f * u - 1.0f;
  const float w = -log((1.0f - x) * (1.0f + x));
  const float a = w - 2.5f;
  float p = 2.81022636e-08f;
  p = p * a + 3.43273939e-07f;
  p = p * a + -3.5233877e-06f;
  p = p * a + -4.39150654e-06f;
  p = p * a + 0.00021858087f;
  p = p * a + -0.00125372503f;
  p = p * a + -0.00417768164f;
  p = p * a + 0.246640727f;
  p = p * a + 1.50140941f;
  const float b = square_root(w < 0.0f ? 0.0f : w) - 3.0f;
  float q = -0.000200214257f;
  q = q * b + 0.000100950558f;
  q = q * b + 0.00134934322f;
  q = q * b + -0.00367342844f;
  q = q * b + 0.00573950773f;
  q = q * b + -0.0076224613f;
  q = q * b + 0.00943887047f;
  q = q * b + 1.00167406f;
  q = q * b + 2.83297682f;
  return 1.41421356f * x * (w < 5.0f ? p : q);
}

// Double versions for scalars: rates, schedules, the synthetic generator.
double exp(double x);
double log(double x);
double power(double base, double exponent);  // base > 0
double inverse_normal(double u);             // after P. J. Acklam, relative error below 1.2e-9

// Share of a quantity that leaves within `years` at a yearly rate: the same over a year whatever
// the step.
inline double share_within(double rate, double years) { return 1.0 - exp(-rate * years); }

}  // namespace reformsim
