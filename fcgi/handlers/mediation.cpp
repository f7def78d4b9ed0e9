#include "fcgi/handlers/mediation.hpp"

#include "service/failure.hpp"

namespace masterkey2 {

ApiResult<bool> read_conditional_mediation(const Body& body) {
  const auto mediation = body.optional_text("mediation");
  if (!mediation) return mediation.error();
  if (!mediation->has_value()) return false;
  const std::string& word = **mediation;
  if (word == "conditional") return true;
  if (word == "optional" || word == "required" || word == "silent") return false;
  return invalid_request("/mediation", "conditional, optional, required or silent");
}

}  // namespace masterkey2
