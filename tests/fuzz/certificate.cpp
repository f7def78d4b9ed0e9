#include "crypto/certificate.hpp"

#include "crypto/der_reader.hpp"
#include "fuzz/fuzz_target.hpp"

namespace masterkey2::fuzz {
namespace {

/// Goes through all items, and into those that are constructed.
void walk(DerReader reader, int depth) {
  while (const auto item = reader.next()) {
    const bool constructed = (item->tag & 0x2000'0000U) != 0;
    if (constructed && depth < 32) walk(DerReader(item->content), depth + 1);
  }
  require(reader.at_end(), "a reader ends");
}

}  // namespace

void fuzz_certificate(ByteView input) {
  walk(DerReader(input), 0);
  const auto certificate = Certificate::parse(input);
  require(Certificate::parse(input).has_value() == certificate.has_value(),
          "decides the same twice");
  if (!certificate) return;
  require(!Certificate::parse(input.first(input.size() - 1)), "no byte is spare");
  for (const char* name : {"C", "O", "OU", "CN"}) {
    static_cast<void>(certificate->subject_attribute(name));
  }
  for (const char* id : {"1.3.6.1.4.1.45724.1.1.4", "2.5.29.17", "2.5.29.37"}) {
    const auto extension = certificate->extension(id);
    if (extension) walk(DerReader(extension->value), 0);
  }
  static_cast<void>(certificate->version());
  static_cast<void>(certificate->is_ca());
  static_cast<void>(certificate->has_subject());
  require(certificate->public_key().has_value() == certificate->public_key().has_value(),
          "decides the same twice about the key");
  static_cast<void>(certificate->curve());
}

}  // namespace masterkey2::fuzz
