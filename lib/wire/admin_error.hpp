#pragma once
// Errors in the replies of $SYS.admin.* (proto/telex/v1/admin_error.proto). The daemon writes them
// and the tool reads them with these functions, including the errors of older daemons, which have
// no code.
#include "base/result.hpp"
#include "telex/v1/admin.pb.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace telex::wire {

// The reply to an operator's request, or its error.
template <class Reply>
using AdminResult = Result<Reply, v1::AdminError>;

v1::AdminError admin_error(v1::AdminError::Code code, std::string message);

// One row for each code. To add a code: admin_error.proto, a row in admin_error.cpp, and a row in
// docs/operations.md, which tests compare.
struct AdminErrorTraits {
    v1::AdminError::Code code;
    std::string_view name;  // of the code over HTTP: "not_found"
    unsigned http_status;
    int exit_code;  // of the tool
};

// Returns "unspecified", 500 and 1 for a code of a later version.
const AdminErrorTraits& traits_of(v1::AdminError::Code code);

// `problem` is deprecated, and newer replies have none: only these two functions access it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

template <class Reply>
void set_error(Reply& reply, v1::AdminError error) {
    if constexpr (requires { reply.problem(); }) {
        reply.set_problem(error.message());
    }
    *reply.mutable_error() = std::move(error);
}

// Returns nullopt if the request succeeded.
template <class Reply>
std::optional<v1::AdminError> error_of(const Reply& reply) {
    if (reply.has_error()) {
        return reply.error();
    }
    if constexpr (requires { reply.problem(); }) {
        if (!reply.problem().empty()) {
            return admin_error(v1::AdminError::CODE_UNSPECIFIED, reply.problem());
        }
    }
    return std::nullopt;
}

#pragma GCC diagnostic pop

// The encoded reply.
template <class Reply>
Reply reply_of(AdminResult<Reply> result) {
    if (result) {
        return *std::move(result);
    }
    Reply reply;
    set_error(reply, std::move(result.error()));
    return reply;
}

}  // namespace telex::wire
