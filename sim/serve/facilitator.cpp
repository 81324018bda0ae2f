#include "serve/facilitator.hpp"

#include <cmath>

#include <fmt/format.h>

#include "record/results_file.hpp"
#include "report/assets.hpp"
#include "report/blocks.hpp"
#include "report/html.hpp"
#include "serve/exercise_words.hpp"

namespace reformsim::serve {
namespace {

// Blank lines in the exercise's texts part paragraphs.
std::string text_html(const std::string& text) {
  std::string html, part;
  const auto close = [&] {
    if (part.find_first_not_of(' ') != std::string::npos) html += paragraph(escaped(part));
    part.clear();
  };
  for (std::size_t from = 0; from < text.size();) {
    std::size_t to = text.find('\n', from);
    if (to == std::string::npos) to = text.size();
    const std::string line = text.substr(from, to - from);
    if (line.find_first_not_of(' ') == std::string::npos) close();
    part += (part.empty() ? "" : " ") + line;
    from = to + 1;
  }
  close();
  return html;
}

std::string belief_words(const Found* found) {
  if (found == nullptr || found->sets == 0) return "not tried";
  return found->holds == found->sets ? "yes" : "no";
}

class Page {
 public:
  Page(const Exercise& exercise, const Robust& robust) : e_(exercise), robust_(robust) {}

  std::string html() const {
    std::string style(assets::text("style.css"));
    style += assets::text("facilitator.css");
    const std::string policy =
        fmt::format("default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'",
                    content_hash(style));
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{}</style>\n"
        "</head>\n<body class=\"facilitator\">\n{}<main>\n{}</main>\n{}</body>\n</html>\n",
        policy, escaped(e_.title), style, header(),
        before() + predict() + script() + why() + debrief() + robustness() + evidence() + unless() +
            limits(),
        footer());
  }

 private:
  // A fifth of the time for scene and prediction, two for the reveal, a tenth for the chain, the
  // rest for talking about it.
  std::string plan() const {
    const std::int64_t first = (e_.minutes + 2) / 5, reveal = 2 * first,
                       why = (e_.minutes + 5) / 10;
    return fmt::format(
        "{} minutes: {} for the scene and the prediction, {} for the reveal, {} for the chain, {} "
        "to "
        "talk about it",
        e_.minutes, first, reveal, why, e_.minutes - first - reveal - why);
  }

  std::string header() const {
    return fmt::format(
        "<header>\n<p class=\"kind\">Wrong-driver lab, page for the facilitator: {}</p>\n"
        "<h1>{}</h1>\n<p class=\"aim\">{}</p>\n<dl><dt>For</dt><dd>{}</dd><dt>Time</dt><dd>{}</dd>"
        "<dt>System</dt><dd>{} schools in {} districts, {} years</dd></dl>\n</header>\n",
        escaped(e_.driver), escaped(e_.title), escaped(e_.aim), escaped(e_.audience), plan(),
        e_.schools, e_.districts, e_.years);
  }

  std::string before() const {
    HtmlTable scenarios("The scenarios of this exercise",
                        {"scenario", "what is different from the status quo"});
    for (const Arm& arm : e_.arms)
      scenarios.add(
          {escaped(arm.scenario.text("title")), escaped(arm.scenario.text("description"))});
    return section(
        "before", "Before people come in",
        text_html(e_.room) +
            paragraph(fmt::format("Start <code>reformsim serve</code> and open the address it "
                                  "prints, with <code>#exercise/{}</code> at its end; or choose "
                                  "the exercise from the list on the page.",
                                  escaped(e_.name))) +
            scenarios.html());
  }

  std::string predict() const {
    const Prediction& p = e_.prediction;
    std::string body =
        "<h3>Read out</h3>\n<blockquote>" + text_html(e_.situation) + "</blockquote>\n";
    body += "<h3>Ask, and let everybody commit before anything is shown</h3>\n<blockquote>" +
            text_html(p.question) + "</blockquote>\n";
    if (!p.options.empty()) {
      body += "<ol class=\"options\" type=\"A\">";
      for (std::size_t k = 0; k < p.options.size(); ++k) {
        const Found* found =
            robust_.found(e_.name, fmt::format("prediction.{}", k + 1), "calibrated");
        body += fmt::format(
            "<li><span class=\"tick\" aria-hidden=\"true\"></span>{}{}</li>\n",
            escaped(p.options[k].text),
            found ? fmt::format(" <small>The model's answer {}.</small>", holds_words(*found))
                  : "");
      }
      body += "</ol>\n";
    } else {
      body += paragraph(fmt::format("On a slider from {} to {}.", *p.low, *p.high));
      if (const Found* found = robust_.found(e_.name, "prediction", "calibrated"))
        body += paragraph(
            fmt::format("The model's answer: {} in the middle of {} sets of parameters; nine in "
                        "ten lie between "
                        "{} and {}.",
                        amount_words(p.about, found->median), found->sets,
                        amount_words(p.about, found->low), amount_words(p.about, found->high)));
    }
    return section("predict", "1. Set the scene and predict",
                   body + text_html("Once the answer is out: " + p.afterwards));
  }

  // What a step shows, from the table of numbers.
  std::string numbers(const Step& step) const {
    if (step.chart == "map") return "";
    std::vector<std::string> head = {fmt::format("in year {:g}", step.year)};
    for (const std::string& name : step.scenarios)
      head.push_back(escaped(e_.arm(name)->scenario.text("title")));
    HtmlTable table("What the numbers will show (the middle of all sets of parameters)", head);
    bool any = false;
    for (const std::string& measure : step.measures) {
      std::vector<std::string> row = {escaped(label_of(measure))};
      for (const std::string& name : step.scenarios) {
        const Seen* seen = robust_.seen(e_.name, name, measure, step.year, "calibrated");
        if (seen == nullptr) seen = robust_.seen(e_.name, name, measure, step.year, "default");
        any = any || seen != nullptr;
        if (seen == nullptr)
          row.push_back("");
        else if (name == e_.baseline)
          row.push_back(level_words(measure, seen->level));
        else
          row.push_back(fmt::format("{}<br><small>{} against {}</small>",
                                    level_words(measure, seen->level),
                                    difference_words(measure, seen->difference),
                                    escaped(e_.arm(e_.baseline)->scenario.text("title"))));
      }
      table.add(std::move(row));
    }
    return any ? table.html() : "";
  }

  std::string script() const {
    std::string body;
    for (std::size_t k = 0; k < e_.reveal.size(); ++k) {
      const Step& step = e_.reveal[k];
      body += fmt::format("<div class=\"step\"><h3>Step {}: {}</h3>\n", k + 1, escaped(step.title));
      body += text_html(step.text);
      body += "<p class=\"say\"><strong>For you.</strong> " + escaped(step.script) + "</p>\n";
      body += numbers(step) + "</div>\n";
    }
    return section("script", "2. Reveal, step by step", body);
  }

  std::string why() const {
    const Chain& chain = e_.chain;
    std::string body = paragraph(fmt::format(
        "{} against {}, year {:g}. Somebody in the room should be able to say this chain without "
        "the page.",
        escaped(e_.arm(chain.scenario)->scenario.text("title")),
        escaped(e_.arm(chain.against)->scenario.text("title")), chain.year));
    body += "<ol class=\"chain\">\n";
    for (const Link& link : chain.links) {
      const Seen* a = robust_.seen(e_.name, chain.scenario, link.measure, chain.year, "calibrated");
      const Seen* b = robust_.seen(e_.name, chain.against, link.measure, chain.year, "calibrated");
      std::string numbers;
      if (a != nullptr && b != nullptr)
        numbers =
            fmt::format("<span class=\"value\">{} <small>instead of {}</small></span>",
                        level_words(link.measure, a->level), level_words(link.measure, b->level));
      body += fmt::format("<li><strong>{}</strong> {}<p>{}</p></li>\n",
                          escaped(label_of(link.measure)), numbers, escaped(link.says));
    }
    return section("why", "3. Why: the chain", body + "</ol>\n");
  }

  std::string debrief() const {
    std::string body = "<ol>\n";
    for (const Question& one : e_.debrief)
      body += fmt::format(
          "<li><p class=\"question\">{}</p><p class=\"say\"><strong>Listen for.</strong> "
          "{}</p></li>\n",
          escaped(one.question), escaped(one.listen));
    return section("debrief", "4. Debrief", body + "</ol>\n");
  }

  std::string robustness() const {
    HtmlTable table(
        "What the debrief relies on, and how surely the model shows it: in how many of the sets of "
        "parameters that survived the calibration, half-way value and nine in ten of them, and "
        "whether it holds under the two beliefs at the ends of the evidence",
        {"statement", "holds", "size", "sceptical of networks", "optimistic of networks"});
    bool any = false;
    for (const Effect& effect : e_.effects) {
      const Found* all = robust_.found(e_.name, effect.id, "calibrated");
      any = any || all != nullptr;
      std::string size = "not tried";
      if (all != nullptr)
        size = fmt::format(
            "{}<br><small>{} to {}</small>", amount_words(effect.quantity, all->median),
            amount_words(effect.quantity, all->low), amount_words(effect.quantity, all->high));
      table.add({escaped(effect.says), all ? holds_words(*all) : "not tried", size,
                 belief_words(robust_.found(e_.name, effect.id, "sceptical")),
                 belief_words(robust_.found(e_.name, effect.id, "optimistic"))});
    }
    return section("sure", "How sure the model is",
                   (any ? std::string()
                        : paragraph("Nothing has been tried yet: run analysis/workshops.py.")) +
                       table.html());
  }

  std::string evidence() const {
    const auto side = [](const std::vector<Evidence>& findings) {
      std::string list = "<ul>\n";
      for (const Evidence& one : findings)
        list += fmt::format("<li>{} <cite>({})</cite></li>\n", escaped(one.finding),
                            escaped(one.source));
      return list + "</ul>\n";
    };
    return section("evidence", "Evidence",
                   "<div class=\"sides\"><div><h3>For</h3>\n" + side(e_.evidence_for) +
                       "</div><div><h3>Against, or harder than it looks</h3>\n" +
                       side(e_.evidence_against) + "</div></div>\n");
  }

  std::string unless() const {
    std::string body = "<ul>\n";
    for (const Exception& one : e_.unless) {
      const Effect* effect = e_.effect(one.effect);
      std::string setting;
      if (!one.belief.empty()) {
        setting = fmt::format("Set the belief to {}.", escaped(one.belief));
      } else {
        setting = fmt::format("Choose the scenario {}",
                              escaped(e_.arm(effect->quantity.scenario)->scenario.text("title")));
        if (const Found* found = robust_.found(e_.name, one.effect, "calibrated"))
          setting += fmt::format(": {} ({})", amount_words(effect->quantity, found->median),
                                 holds_words(*found));
        setting += '.';
      }
      body += fmt::format("<li>{} <small>{}</small></li>\n", escaped(one.says), setting);
    }
    return section("unless", "When it would not happen", body + "</ul>\n");
  }

  std::string limits() const {
    std::string body = "<ul>\n";
    for (const std::string& one : e_.limits) body += fmt::format("<li>{}</li>\n", escaped(one));
    return section("limits", "What the model cannot say", body + "</ul>\n");
  }

  std::string footer() const {
    return fmt::format(
        "<footer><p>Made by reformsim {} from {}; numbers from robustness.csv and numbers.csv "
        "beside "
        "it. A model, not a forecast: SD is the spread of pupils' scores at the start, and 0.08 of "
        "it is about a month of learning.</p></footer>\n",
        escaped(program_version()), escaped(e_.name + ".yaml"));
  }

  const Exercise& e_;
  const Robust& robust_;
};

}  // namespace

std::string facilitator_page(const Exercise& exercise, const Robust& robust) {
  return Page(exercise, robust).html();
}

}  // namespace reformsim::serve
