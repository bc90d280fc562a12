#pragma once
// Parts that the commands about streams and about consumers share.
#include "cli/connection/admin_request.hpp"
#include "cli/options/command.hpp"
#include "cli/options/values.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace telex::cli {

// Below `telex stream`, in a separate source.
Command stream_get_command(const SharedConnection& connection);

// --account NAME. `account` must outlive the options.
inline void add_account(OptionSet& set, std::string& account) {
    set.add(
        {"--account",
         "NAME",
         "Account of the stream (default: that of users without one)",
         value::text(account)}
    );
}

// --yes. `confirmed` must outlive the options.
inline void add_confirmation(OptionSet& set, bool& confirmed) {
    set.add(
        {"--yes",
         "",
         "Confirm the removal; required if standard output is a terminal",
         value::flag(confirmed)}
    );
}

// Returns kOk if a removal may go on; else prints how to confirm it. `removal`: "the stream 's'".
int check_confirmed(std::string_view command, bool confirmed, std::string_view removal);

// Sends `request` to $SYS.admin.`name`, and prints its reply. Returns the exit code.
template <class Reply>
int run_named_command(
    std::string_view command,
    std::string_view name,
    const AdminOptions& options,
    const google::protobuf::Message& request,
    const std::function<std::string(const Reply&)>& text_of
) {
    Reply reply;
    if (const int code = connect_and_request(command, name, options, request, reply); code != kOk) {
        return code;
    }
    if (const auto error = wire::error_of(reply)) {
        return fail(command, failure_of(*error));
    }
    return print(command, options.format == Format::json ? json_line(reply) : text_of(reply));
}

}  // namespace telex::cli
