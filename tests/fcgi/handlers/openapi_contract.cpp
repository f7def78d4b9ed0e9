#include "tests/fcgi/handlers/openapi_contract.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <stdexcept>

#include "fcgi/handlers/openapi.hpp"

namespace masterkey2::testing {
namespace {

using Mistakes = std::vector<std::string>;

/// The object that `node` is, or that it refers to.
const Json& resolved(const Json& node) {
  const auto reference = node.find("$ref");
  if (reference == node.end()) return node;
  return openapi_document().at(
      Json::json_pointer(reference->get_ref<const std::string&>().substr(1)));
}

bool has_type(const std::string& type, const Json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  if (type == "null") return value.is_null();
  throw std::logic_error("a type that the document does not use: " + type);
}

bool has_one_type(const Json& types, const Json& value) {
  if (types.is_string()) return has_type(types, value);
  return std::any_of(types.begin(), types.end(),
                     [&](const Json& type) { return has_type(type, value); });
}

bool matches(const std::string& pattern, const std::string& text) {
  static std::map<std::string, std::regex> compiled;
  auto found = compiled.find(pattern);
  if (found == compiled.end()) found = compiled.emplace(pattern, std::regex(pattern)).first;
  return std::regex_search(text, found->second);
}

/// Characters of UTF-8, as JSON Schema counts.
std::size_t length(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  }));
}

void check_members(const Json& schema, const Json& value, const std::string& pointer,
                   Mistakes& mistakes) {
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [name, member] : value.items()) {
    const std::string at = pointer + '/' + name;
    if (const auto property = properties.find(name); property != properties.end()) {
      const Mistakes inner = schema_mistakes(*property, member, at);
      mistakes.insert(mistakes.end(), inner.begin(), inner.end());
    } else if (schema.contains("additionalProperties")) {
      const Json& others = schema["additionalProperties"];
      if (others == false) {
        mistakes.push_back(at + " is not documented");
      } else {
        const Mistakes inner = schema_mistakes(others, member, at);
        mistakes.insert(mistakes.end(), inner.begin(), inner.end());
      }
    }
  }
}

using Keyword = std::function<void(const Json& schema, const Json& rule, const Json& value,
                                   const std::string& pointer, Mistakes& mistakes)>;

const std::map<std::string, Keyword>& keywords() {
  static const Keyword kRemark = [](auto&&...) {};
  const auto when = [](auto applies, auto holds, const char* complaint) {
    return Keyword([=](const Json&, const Json& rule, const Json& value, const std::string& pointer,
                       Mistakes& mistakes) {
      if (applies(value) && !holds(rule, value)) {
        mistakes.push_back(pointer + ' ' + complaint + ' ' + rule.dump());
      }
    });
  };
  const auto always = [](const Json&) { return true; };
  const auto text = [](const Json& value) { return value.is_string(); };
  const auto number = [](const Json& value) { return value.is_number(); };
  static const std::map<std::string, Keyword> kKeywords = {
      {"description", kRemark},
      {"default", kRemark},
      {"format", kRemark},
      {"additionalProperties", kRemark},
      {"type", when(always, has_one_type, "is not of type")},
      {"const",
       when(
           always, [](const Json& rule, const Json& value) { return rule == value; }, "is not")},
      {"enum", when(
                   always,
                   [](const Json& rule, const Json& value) {
                     return std::find(rule.begin(), rule.end(), value) != rule.end();
                   },
                   "is none of")},
      {"pattern",
       when(
           text, [](const Json& rule, const Json& value) { return matches(rule, value); },
           "does not match")},
      {"minLength", when(
                        text,
                        [](const Json& rule, const Json& value) {
                          return length(value) >= rule.get<std::size_t>();
                        },
                        "is shorter than")},
      {"maxLength", when(
                        text,
                        [](const Json& rule, const Json& value) {
                          return length(value) <= rule.get<std::size_t>();
                        },
                        "is longer than")},
      {"minimum",
       when(
           number, [](const Json& rule, const Json& value) { return value >= rule; }, "is below")},
      {"maximum",
       when(
           number, [](const Json& rule, const Json& value) { return value <= rule; }, "is above")},
      {"required",
       [](const Json&, const Json& rule, const Json& value, const std::string& pointer,
          Mistakes& mistakes) {
         for (const std::string name : rule) {
           if (value.is_object() && !value.contains(name)) {
             mistakes.push_back(pointer + " lacks " + name);
           }
         }
       }},
      {"properties",
       [](const Json& schema, const Json&, const Json& value, const std::string& pointer,
          Mistakes& mistakes) {
         if (value.is_object()) check_members(schema, value, pointer, mistakes);
       }},
      {"items",
       [](const Json&, const Json& rule, const Json& value, const std::string& pointer,
          Mistakes& mistakes) {
         if (!value.is_array()) return;
         for (std::size_t i = 0; i < value.size(); ++i) {
           const Mistakes inner =
               schema_mistakes(rule, value[i], pointer + '/' + std::to_string(i));
           mistakes.insert(mistakes.end(), inner.begin(), inner.end());
         }
       }},
      {"oneOf",
       [](const Json&, const Json& rule, const Json& value, const std::string& pointer,
          Mistakes& mistakes) {
         Mistakes last;
         std::size_t fitting = 0;
         for (const Json& choice : rule) {
           Mistakes inner = schema_mistakes(choice, value, pointer);
           if (inner.empty())
             ++fitting;
           else
             last.insert(last.end(), inner.begin(), inner.end());
         }
         if (fitting == 1) return;
         mistakes.push_back(pointer + " fits " + std::to_string(fitting) + " of the choices");
         mistakes.insert(mistakes.end(), last.begin(), last.end());
       }},
  };
  return kKeywords;
}

std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

/// Absent (null) if there is none.
const Json* operation_of(std::string_view route, std::string method) {
  if (method == "HEAD") method = "GET";
  std::transform(method.begin(), method.end(), method.begin(),
                 [](char c) { return static_cast<char>(c - 'A' + 'a'); });
  const Json& paths = openapi_document().at("paths");
  const auto path = paths.find(route);
  if (path == paths.end()) return nullptr;
  const auto operation = path->find(method);
  return operation == path->end() ? nullptr : &*operation;
}

void check_request(const Json& operation, const HttpRequest& request, Mistakes& mistakes) {
  if (request.body.empty()) {
    if (operation.contains("requestBody") && operation["requestBody"].at("required") == true) {
      mistakes.emplace_back("the request was granted without a body");
    }
    return;
  }
  if (!operation.contains("requestBody")) return;
  const Json& schema = operation["requestBody"].at("content").at("application/json").at("schema");
  for (const std::string& mistake : schema_mistakes(schema, Json::parse(request.body))) {
    mistakes.push_back("a granted request: " + mistake);
  }
}

}  // namespace

const Json& openapi_document() {
  static const Json kDocument = Json::parse(kOpenApiDocument);
  return kDocument;
}

std::vector<std::string> schema_mistakes(const Json& schema, const Json& value,
                                         const std::string& pointer) {
  Mistakes mistakes;
  const Json& rules = resolved(schema);
  for (const auto& [name, rule] : rules.items()) {
    keywords().at(name)(rules, rule, value, pointer, mistakes);
  }
  return mistakes;
}

std::vector<std::string> openapi_mistakes(const HttpRequest& request, const HttpResponse& response,
                                          const RequestLog& log) {
  if (log.route.empty()) return {};
  const Json* operation = operation_of(log.route, request.method);
  if (operation == nullptr) return {"the operation is missing"};
  const Json& responses = operation->at("responses");
  const auto documented = responses.find(std::to_string(response.status));
  if (documented == responses.end()) return {"status " + std::to_string(response.status)};

  Mistakes mistakes;
  if (response.status == 200) check_request(*operation, request, mistakes);
  const std::string type = header(response, "Content-Type");
  const Json& contents = resolved(*documented).at("content");
  if (request.method == "HEAD") return mistakes;
  const auto content = contents.find(type.substr(0, type.find(';')));
  if (content == contents.end()) {
    mistakes.push_back("an answer of type " + type);
    return mistakes;
  }
  if (!type.ends_with("json")) return mistakes;
  const Json body = Json::parse(response.body);
  for (const std::string& mistake : schema_mistakes(content->at("schema"), body)) {
    mistakes.push_back("the answer: " + mistake);
  }
  if (type == "application/problem+json") {
    const Json& codes = operation->at("x-codes");
    if (std::find(codes.begin(), codes.end(), body.at("code")) == codes.end()) {
      mistakes.push_back("the code " + body.at("code").dump());
    }
  }
  return mistakes;
}

}  // namespace masterkey2::testing
