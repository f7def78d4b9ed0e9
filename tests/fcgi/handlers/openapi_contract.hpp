// Holds real requests and answers against docs/openapi.json.
#pragma once

#include <string>
#include <vector>

#include "encoding/json.hpp"
#include "fcgi/http_message.hpp"

namespace masterkey2::testing {

/// The document that is served.
[[nodiscard]] const Json& openapi_document();

/// What of `value` breaks `schema` (the keywords that the document uses; any other throws). Each
/// mistake begins with the JSON pointer of the value.
[[nodiscard]] std::vector<std::string> schema_mistakes(const Json& schema, const Json& value,
                                                       const std::string& pointer = "");

/// What of one exchange is not as documented: the operation, the status, the code of a problem, the
/// members of the answer; of the request, if it was granted, its members too. Empty for requests
/// that no route took.
[[nodiscard]] std::vector<std::string> openapi_mistakes(const HttpRequest& request,
                                                        const HttpResponse& response,
                                                        const RequestLog& log);

}  // namespace masterkey2::testing
