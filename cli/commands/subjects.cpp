// `telex subjects`: lists the subjects with the most messages.
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/terminal/table.hpp"
#include "telex/v1/admin.pb.h"

#include <memory>

namespace telex::cli {
namespace {

struct SubjectsOptions {
    AdminOptions common;
    v1::ListSubjects query;
};

std::string subject_table(const v1::SubjectList& list) {
    Table table({{"MESSAGES", Align::right}, {"SUBJECT"}});
    for (const v1::SubjectTraffic& row : list.subjects()) {
        table.add({std::to_string(row.messages()), row.subject()});
    }
    return table.text();
}

}  // namespace

Command subjects_command(const SharedConnection& connection) {
    auto options = std::make_shared<SubjectsOptions>();
    options->common.connection = connection;
    Command command{.name = "subjects", .summary = "List the subjects with the most messages"};
    OptionSet& set = command.options;
    add_limit(set, [options](std::uint32_t limit) { options->query.set_limit(limit); }, "20");
    add_admin(set, options->common);
    command.footer = kAdminFooter;
    command.run = [options] {
        return run_admin_command<v1::SubjectList>(
            "subjects", options->common, options->query, subject_table
        );
    };
    return command;
}

}  // namespace telex::cli
