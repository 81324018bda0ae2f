// Who may talk to the server. A page of another site, opened in the same browser, can send requests
// to 127.0.0.1; it cannot forge the Host and Origin that the browser sends with them.
#pragma once

#include <string>
#include <string_view>

namespace reformsim::serve {

bool is_address(const std::string& text);  // such as 127.0.0.1 or ::1
bool is_loopback(const std::string& address);

// Whether a request for this Host may be answered by a server at `address`. Only names that nobody
// else can point here are good: addresses, localhost, and this machine's own name; a server that
// listens on the machine alone takes nothing but its own. That stops DNS rebinding.
bool good_host(std::string_view host, const std::string& address);

// Whether a WebSocket that was opened with these headers is the page's own. A program that is no
// browser sends no Origin.
bool good_origin(std::string_view origin, std::string_view host);

}  // namespace reformsim::serve
