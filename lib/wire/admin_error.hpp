#pragma once
// Errors in the replies of $SYS.admin.* (proto/telex/v1/admin.proto). The daemon writes them and
// the tool reads them with these functions, including the errors of older daemons, which have no
// code.
#include "base/result.hpp"
#include "telex/v1/admin.pb.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace telex::wire {

// The reply to an operator's request, or its error.
template <class Answer>
using AdminResult = Result<Answer, v1::AdminError>;

v1::AdminError admin_error(v1::AdminError::Code code, std::string message);

// One row for each code. To add a code: admin.proto, a row in admin_error.cpp, and a row in
// docs/operations.md, which tests compare.
struct AdminErrorTraits {
    v1::AdminError::Code code;
    std::string_view name;  // of the code over HTTP: "not_found"
    unsigned http_status;
    int exit_code;  // of the tool
};

// Returns "unspecified", 500 and 1 for a code of a later version.
const AdminErrorTraits& traits_of(v1::AdminError::Code code);

// `problem` is deprecated: only these two functions access it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

template <class Answer>
void set_error(Answer& answer, v1::AdminError error) {
    answer.set_problem(error.message());
    *answer.mutable_error() = std::move(error);
}

// Returns nullopt if the request succeeded.
template <class Answer>
std::optional<v1::AdminError> error_of(const Answer& answer) {
    if (answer.has_error()) {
        return answer.error();
    }
    if (!answer.problem().empty()) {
        return admin_error(v1::AdminError::CODE_UNSPECIFIED, answer.problem());
    }
    return std::nullopt;
}

#pragma GCC diagnostic pop

// The encoded reply.
template <class Answer>
Answer answer_of(AdminResult<Answer> result) {
    if (result) {
        return *std::move(result);
    }
    Answer answer;
    set_error(answer, std::move(result.error()));
    return answer;
}

}  // namespace telex::wire
