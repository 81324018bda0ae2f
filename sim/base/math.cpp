#include "base/math.hpp"

namespace reformsim {

double exp(double x) {
  x = x < -700.0 ? -700.0 : (x > 700.0 ? 700.0 : x);
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52
  const double n = (x * 1.4426950408889634 + kRound) - kRound;
  const double r = (x - n * 0.693145751953125) - n * 1.42860682030941723212e-6;
  double p = 1.0;
  for (int k = 14; k >= 1; --k) p = 1.0 + p * r / k;
  const auto scale = static_cast<std::uint64_t>(static_cast<std::int64_t>(n) + 1023) << 52;
  return p * std::bit_cast<double>(scale);
}

double log(double x) {
  x = x < 1e-300 ? 1e-300 : x;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t shifted = bits - 0x3fe6a09e667f3bcdull;
  const auto e = static_cast<double>(static_cast<std::int64_t>(shifted) >> 52);
  const double m = std::bit_cast<double>((shifted & 0x000fffffffffffffull) + 0x3fe6a09e667f3bcdull);
  const double s = (m - 1.0) / (m + 1.0);
  const double s2 = s * s;
  double p = 0.0;
  for (int k = 23; k >= 3; k -= 2) p = (p + 1.0 / k) * s2;
  return e * 0.693145751953125 + (2.0 * s + 2.0 * s * p + e * 1.42860682030941723212e-6);
}

double power(double base, double exponent) { return exp(exponent * log(base)); }

namespace {

// Rational approximations of P. J. Acklam's inverse normal have relative error 1.15e-9.
constexpr double kA[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                         1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
constexpr double kB[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                         6.680131188771972e+01, -1.328068155288572e+01};
constexpr double kC[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                         -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
constexpr double kD[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                         3.754408661907416e+00};

double tail(double u) {
  const double q = __builtin_sqrt(-2.0 * log(u));
  return (((((kC[0] * q + kC[1]) * q + kC[2]) * q + kC[3]) * q + kC[4]) * q + kC[5]) /
         ((((kD[0] * q + kD[1]) * q + kD[2]) * q + kD[3]) * q + 1.0);
}

}  // namespace

double inverse_normal(double u) {
  if (u < 0.02425) return tail(u);
  if (u > 1.0 - 0.02425) return -tail(1.0 - u);
  const double q = u - 0.5;
  const double r = q * q;
  return (((((kA[0] * r + kA[1]) * r + kA[2]) * r + kA[3]) * r + kA[4]) * r + kA[5]) * q /
         (((((kB[0] * r + kB[1]) * r + kB[2]) * r + kB[3]) * r + kB[4]) * r + 1.0);
}

}  // namespace reformsim
