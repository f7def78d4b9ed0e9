#include "pages/config_page.hpp"

#include <algorithm>
#include <sstream>

#include "pages/roff.hpp"

namespace masterkey2::pages {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

bool is_key_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// The place of the colon if `text` is `key:` or `key: value`; a sentence has spaces before its
/// colon.
std::size_t key_end(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_key_name(text.substr(0, colon))) {
    return std::string_view::npos;
  }
  const bool ended = colon + 1 == text.size() || text[colon + 1] == ' ';
  return ended ? colon : std::string_view::npos;
}

void append_sentence(std::string& text, const std::string& more) {
  if (!text.empty() && !more.empty()) text += "\n";
  text += more;
}

class Reader {
 public:
  ConfigText take() && {
    end_paragraph();
    return std::move(result_);
  }

  void line(const std::string& line) {
    const std::string content = trimmed(line);
    if (content.empty()) {
      end_paragraph();
    } else if (content[0] != '#') {
      key(content, line.find_first_not_of(' '));
    } else {
      const std::string comment = trimmed(std::string_view(content).substr(1));
      // A key that is commented out has a value; a sentence that begins with a word and a colon
      // would not.
      const std::size_t colon = key_end(comment);
      const bool absent_key = colon != std::string::npos && colon + 1 < comment.size() &&
                              comment.find(' ', colon + 2) == std::string::npos;
      if (comment.empty() && !comment_.empty()) {
        comment_ += "\n";  // a paragraph ends
      } else if (absent_key) {
        key(comment, line.find('#'));
      } else {
        append_sentence(comment_, comment);
      }
    }
  }

 private:
  void key(std::string_view content, std::size_t indent) {
    const std::size_t colon = key_end(content);
    if (colon == std::string_view::npos) return;
    std::string value = trimmed(content.substr(colon + 1));
    std::string text = std::move(comment_);
    comment_.clear();
    if (const std::size_t hash = value.find(" #"); hash != std::string::npos) {
      append_sentence(text, trimmed(std::string_view(value).substr(hash + 2)));
      value = trimmed(std::string_view(value).substr(0, hash));
    }
    parents_.resize(std::min(indent / 2, parents_.size()));
    std::string name;
    for (const std::string& parent : parents_) name += parent + ".";
    parents_.emplace_back(content.substr(0, colon));
    result_.keys.push_back({name + parents_.back(), std::move(value), std::move(text)});
  }

  void end_paragraph() {
    if (!comment_.empty()) result_.paragraphs.push_back(std::move(comment_));
    comment_.clear();
  }

  ConfigText result_;
  std::string comment_;
  std::vector<std::string> parents_;
};

bool has_default(const ConfigKey& key) {
  return !key.value.empty() && !key.text.starts_with("Required") &&
         key.text.find("Unless set, there ") == std::string::npos &&
         !key.name.starts_with("storage.options.");
}

}  // namespace

ConfigText read_config_text(std::string_view yaml) {
  Reader reader;
  std::istringstream lines{std::string(yaml)};
  for (std::string line; std::getline(lines, line);) reader.line(line);
  return std::move(reader).take();
}

std::string config_page(std::string_view yaml) {
  const ConfigText text = read_config_text(yaml);
  std::string page = title_line("masterkey2.yaml", 5);
  page +=
      ".SH NAME\nmasterkey2.yaml \\- configuration of the passkey server MasterKey2\n"
      ".SH SYNOPSIS\n.I /etc/masterkey2/masterkey2.yaml\n.SH DESCRIPTION\n";
  for (const std::string& paragraph : text.paragraphs) {
    if (&paragraph != &text.paragraphs.front()) page += ".PP\n";
    page += roff_text(paragraph) + "\n";
  }
  page += ".SH KEYS\n";
  for (const ConfigKey& key : text.keys) {
    page += tagged_paragraph(key.name, key.text);
    if (key.value.empty()) continue;
    if (!key.text.empty()) page += ".br\n";
    page += (has_default(key) ? "Default: " : "Example: ") + roff_text(key.value) + "\n";
  }
  return page + ".SH SEE ALSO\n\\fBmasterkey2\\-fcgi\\fR(8), \\fBmasterkey2ctl\\fR(8)\n";
}

}  // namespace masterkey2::pages
