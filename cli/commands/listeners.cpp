// `telex listeners` and `telex subjects`: where connections come in, and what is talked about.
#include "cli/commands/verb.hpp"
#include "cli/connection/operator.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace telex::cli {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::string table_of(const v1::ListenerList& list) {
    Table table({
        {"LISTENER"},
        {"PROTOCOL"},
        {"FRAMING"},
        {"CONNECTIONS", Align::right},
        {"MOST", Align::right},
        {"SO FAR", Align::right},
        {"CERTIFICATE UNTIL (UTC)"},
        {"ADDRESS"},
    });
    for (const v1::ListenerStatus& row : list.listeners()) {
        const std::int64_t expires = row.certificate_expires_unix_seconds();
        table.add({
            row.name(),
            row.protocol(),
            row.framing(),
            std::to_string(row.connections()),
            std::to_string(row.max_connections()),
            std::to_string(row.accepted_total()),
            expires == 0 ? std::string() : date_text(expires * kNanoseconds),
            fmt::format("{}", fmt::join(row.addresses(), " ")),
        });
    }
    return table.text();
}

std::string table_of(const v1::SubjectList& list) {
    Table table({{"MESSAGES", Align::right}, {"SUBJECT"}});
    for (const v1::SubjectTraffic& row : list.subjects()) {
        table.add({std::to_string(row.messages()), row.subject()});
    }
    return table.text();
}

template <class Answer>
int show(
    std::string_view verb, const OperatorOptions& options, const google::protobuf::Message& question
) {
    Answer answer;
    const int code = ask_operators_or_complain(verb, verb, options, question, answer);
    if (code != kOk) {
        return code;
    }
    return print(verb, options.format == Format::json ? json_line(answer) : table_of(answer));
}

struct SubjectOptions {
    OperatorOptions common;
    v1::ListSubjects query;
};

}  // namespace

Action add_listeners(CLI::App& app) {
    auto options = std::make_shared<OperatorOptions>();
    add_operator(app, *options);
    return [options] { return show<v1::ListenerList>("listeners", *options, v1::ListListeners()); };
}

Action add_subjects(CLI::App& app) {
    auto options = std::make_shared<SubjectOptions>();
    add_limit(app, [options](std::uint32_t limit) { options->query.set_limit(limit); }, "20");
    add_operator(app, options->common);
    return [options] { return show<v1::SubjectList>("subjects", options->common, options->query); };
}

}  // namespace telex::cli
