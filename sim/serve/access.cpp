#include "serve/access.hpp"

#include <array>

#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>

namespace reformsim::serve {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

// The name of a Host header without its port; empty when the header is not one.
std::string name_of(std::string_view host) {
  std::string_view port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return {};
    port = host.substr(end + 1);
    host = host.substr(1, end - 1);
  } else if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    port = host.substr(colon);
    host = host.substr(0, colon);
  }
  const bool digits = port.empty() || (port.size() > 1 && port.size() <= 6 && port[0] == ':' &&
                                       port.find_first_not_of("0123456789", 1) == port.npos);
  return digits ? std::string(host) : std::string();
}

}  // namespace

bool is_address(const std::string& text) {
  boost::system::error_code error;
  boost::asio::ip::make_address(text, error);
  return !error;
}

bool is_loopback(const std::string& address) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  return !error && parsed.is_loopback();
}

bool good_host(std::string_view host, const std::string& address) {
  const std::string name = name_of(host);
  if (name.empty()) return false;
  if (same_name(name, "localhost") || is_loopback(name)) return true;
  if (is_loopback(address)) return false;
  if (is_address(name)) return true;
  std::array<char, 256> own{};
  if (gethostname(own.data(), own.size() - 1) != 0) return false;
  const std::string machine = own.data();
  return same_name(name, machine) || same_name(name, machine + ".local");
}

bool good_origin(std::string_view origin, std::string_view host) {
  if (origin.empty()) return true;
  return same_name(origin, "http://" + std::string(host));
}

}  // namespace reformsim::serve
