#include "serve/messages.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "decide/text.hpp"
#include "scenario/words.hpp"
#include "serve/limits.hpp"

namespace reformsim::serve {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMostId = 1ULL << 53;  // what JavaScript counts exactly

// JSON without what the library would let pass: a name that stands twice, and nesting without end.
Json parse(std::string_view text, std::vector<Problem>& problems) {
  std::vector<std::set<std::string>> names;
  bool deep = false;
  std::string twice;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMessageDepth) return !(deep = true);
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key &&
        !names.back().insert(parsed.get_ref<const std::string&>()).second && twice.empty())
      twice = parsed.get<std::string>();
    return true;
  };
  Json json;
  try {
    json = Json::parse(text, watch);
  } catch (const Json::exception&) {
    problems.push_back({{}, "this is not JSON"});
    return json;
  }
  if (deep)
    problems.push_back({{}, fmt::format("nested more than {} levels deep", kMessageDepth)});
  else if (!twice.empty())
    problems.push_back({{twice, 0, 0}, "this member stands twice"});
  else if (!json.is_object())
    problems.push_back({{}, "expected an object"});
  return json;
}

// Takes the members of one object out of it, and complains about what is left.
class Members {
 public:
  Members(const Json& object, std::string path, std::vector<Problem>& problems)
      : object_(object), path_(std::move(path)), problems_(problems) {}

  const Json* find(const std::string& name) {
    known_.push_back(name);
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  void problem(const std::string& name, std::string message) {
    problems_.push_back({{path_.empty() ? name : path_ + "." + name, 0, 0}, std::move(message)});
  }
  const Json* required(const std::string& name) {
    const Json* value = find(name);
    if (!value) problem(name, "this member is missing");
    return value;
  }
  std::string text(const std::string& name, std::size_t most) {
    const Json* value = find(name);
    if (!value) return {};
    if (!value->is_string()) {
      problem(name, "expected a text");
      return {};
    }
    const auto& text = value->get_ref<const std::string&>();
    if (text_width(text) > most) problem(name, fmt::format("longer than {} characters", most));
    return text;
  }
  std::optional<std::uint64_t> id() {
    const Json* value = required("id");
    if (!value) return std::nullopt;
    if (value->is_number_unsigned() && value->get<std::uint64_t>() <= kMostId)
      return value->get<std::uint64_t>();
    problem("id", "expected a whole number from 0");
    return std::nullopt;
  }
  std::vector<std::string> texts(const std::string& name, std::size_t most) {
    std::vector<std::string> result;
    const Json* list = find(name);
    if (!list) return result;
    if (!list->is_array() || list->size() > most) {
      problem(name, fmt::format("expected a list of at most {} names", most));
      return result;
    }
    for (const Json& item : *list) {
      if (!item.is_string() || text_width(item.get_ref<const std::string&>()) > kText) {
        problem(name, fmt::format("expected names of at most {} characters", kText));
        return {};
      }
      result.push_back(item.get<std::string>());
    }
    return result;
  }
  void nothing_else() {
    constexpr std::size_t kNamed = 10;
    for (const auto& [name, value] : object_.items()) {
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      if (problems_.size() >= kNamed) return;
      const std::string near = nearest(name, known_);
      problem(name.substr(0, kText),
              fmt::format("this member is not known{}",
                          near.empty() ? "" : "; did you mean " + in_quotes(near) + "?"));
    }
  }

 private:
  const Json& object_;
  std::string path_;
  std::vector<Problem>& problems_;
  std::vector<std::string> known_;
};

bool is_level(const Json& value) {
  return value.is_number() || value.is_boolean() ||
         (value.is_string() && value.get_ref<const std::string&>().size() <= kText);
}

// Only the shape: the reader of scenarios knows the names inside, and what they may hold.
bool short_scope(const Json& scope) {
  if (!scope.is_object() || scope.size() > 8) return false;
  return std::all_of(scope.begin(), scope.end(), [](const Json& part) {
    if (part.is_array())
      return part.size() <= kDistricts && std::all_of(part.begin(), part.end(), is_level);
    if (!part.is_object()) return is_level(part);
    return part.size() <= 8 && std::all_of(part.begin(), part.end(), [](const Json& condition) {
             if (!condition.is_object()) return is_level(condition);
             return condition.size() <= 4 &&
                    std::all_of(condition.begin(), condition.end(), is_level);
           });
  });
}

bool is_entry(const Json& entry) {
  if (!entry.is_object() || entry.size() > 8) return false;
  for (const auto& [name, value] : entry.items())
    if (name == "scope" ? !short_scope(value) : !is_level(value)) return false;
  return true;
}

Policy read_policy(const Json& json, std::vector<Problem>& problems) {
  Policy policy;
  if (!json.is_object()) {
    problems.push_back({{"policy", 0, 0}, "expected an object"});
    return policy;
  }
  Members members(json, "policy", problems);
  policy.preset = members.text("preset", kText);
  const Json* levers = members.find("levers");
  members.nothing_else();
  if (!levers) return policy;
  if (!levers->is_object() || levers->size() > kLeversNamed) {
    members.problem("levers",
                    fmt::format("expected an object: at most {} levers, by path", kLeversNamed));
    return policy;
  }
  for (const auto& [path, value] : levers->items()) {
    const bool list = value.is_array() && value.size() <= kEntries &&
                      std::all_of(value.begin(), value.end(), is_entry);
    if (path.size() > kText || !(list || is_level(value) || is_entry(value)))
      problems.push_back(
          {{path.substr(0, kText), 0, 0},
           fmt::format("expected a value, an entry or a list of at most {} entries", kEntries)});
  }
  policy.levers = *levers;
  return policy;
}

}  // namespace

Message read_message(std::string_view text) {
  std::vector<Problem> problems;
  const Json json = parse(text, problems);
  if (!problems.empty()) throw BadMessage(std::nullopt, std::move(problems));
  Members members(json, "", problems);
  const std::string type = members.text("type", kText);
  std::optional<std::uint64_t> id;
  Message message;
  const auto policy = [&]() -> Policy {
    const Json* value = members.required("policy");
    return value ? read_policy(*value, problems) : Policy{};
  };
  if (type == "hello") {
    const Json* version = members.required("protocol");
    if (version && *version != kProtocol)
      members.problem("protocol", fmt::format("this server speaks version {}", kProtocol));
    message = Hello{};
  } else if (type == "ask") {
    id = members.id();
    Ask ask{id.value_or(0), policy(), members.text("belief", kText),
            members.texts("measures", kMeasures)};
    if (ask.measures.empty() && problems.empty())
      members.problem("measures", "expected at least one name");
    message = std::move(ask);
  } else if (type == "map") {
    id = members.id();
    MapRequest request{id.value_or(0), 0, members.texts("columns", kMeasures)};
    const Json* year = members.required("year");
    if (year && year->is_number())
      request.year = year->get<double>();
    else if (year)
      members.problem("year", "expected a number");
    message = std::move(request);
  } else if (type == "save") {
    id = members.id();
    message = Save{id.value_or(0), policy(), members.text("belief", kText),
                   members.text("title", kText), members.text("description", kDescription)};
  } else {
    members.problem("type", "expected hello, ask, map or save");
    throw BadMessage(std::nullopt, std::move(problems));
  }
  members.nothing_else();
  if (!problems.empty()) throw BadMessage(id, std::move(problems));
  return message;
}

}  // namespace reformsim::serve
