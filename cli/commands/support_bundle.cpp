// `telex support-bundle`: collects diagnostics of an exchange in a folder.
//
// The files contain no payloads, passwords, tokens or keys: the exchange never sends them. They
// contain names and addresses of clients, and subjects; the output says so.
#include "cli/commands/commands.hpp"
#include "cli/connection/admin_request.hpp"
#include "cli/exit_code.hpp"
#include "cli/options/values.hpp"
#include "cli/terminal/print_error.hpp"
#include "telex/v1/admin.pb.h"
#include "telex/v1/sys.pb.h"
#include "wire/proto_json.hpp"
#include <telex/client.hpp>

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>

namespace telex::cli {
namespace {

constexpr std::string_view kSupportBundle = "support-bundle";
constexpr std::uint32_t kMaxRows = 1'000;

struct BundleOptions {
    AdminOptions common;
    std::string folder;
};

std::string json_file(const google::protobuf::Message& reply) {
    return wire::json_object(reply) + "\n";
}

std::string config_file(const v1::ConfigText& reply) {
    return reply.text();
}

std::string log_file(const v1::LogLines& reply) {
    return fmt::format("{}\n", fmt::join(reply.lines(), "\n"));
}

// Sends requests and writes each reply to a file, until the first error.
class Collector {
public:
    Collector(Client& client, const BundleOptions& options) : client_(client), options_(options) {}

    // `render`: the content of the file NAME.
    template <class Reply, class Render>
    void add(
        std::string_view name,
        std::string_view subject,
        const google::protobuf::Message& request,
        Render render
    ) {
        if (exit_code_ != kOk) {
            return;
        }
        // An error in the reply belongs to the bundle.
        Reply reply;
        const auto done = request_system(
            client_, subject, request.SerializeAsString(), reply, options_.common.timeout
        );
        if (done) {
            write(fmt::format("{}/{}", options_.folder, name), render(reply));
        } else {
            exit_code_ = fail(kSupportBundle, failure_of(done.error()));
        }
    }

    template <class Reply>
    void add(
        std::string_view name, std::string_view subject, const google::protobuf::Message& request
    ) {
        add<Reply>(fmt::format("{}.json", name), subject, request, json_file);
    }

    int exit_code() const { return exit_code_; }

    int files() const { return files_; }

private:
    void write(const std::string& path, const std::string& text) {
        std::ofstream file(path);
        file << text;
        file.close();
        if (!file) {
            print_error(kSupportBundle, fmt::format("cannot write '{}'", path));
            exit_code_ = kOutputError;
        }
        ++files_;
    }

    Client& client_;
    const BundleOptions& options_;
    int exit_code_ = kOk;
    int files_ = 0;
};

void collect(Collector& collector) {
    v1::ListConnections open;
    open.set_limit(kMaxRows);
    v1::ListConnections closed = open;
    closed.set_closed(true);
    v1::ListSubscriptions subscriptions;
    subscriptions.set_limit(kMaxRows);
    v1::ListUsers users;
    users.set_limit(kMaxRows);
    v1::Reload preview;
    preview.set_dry_run(true);
    const v1::ListListeners empty;
    collector.add<v1::ServerInfo>("info", "info", empty);
    collector.add<v1::ServerStats>("stats", "stats", empty);
    collector.add<v1::ConnectionList>("connections", "admin.connections", open);
    collector.add<v1::ConnectionList>("ended-connections", "admin.connections", closed);
    collector.add<v1::SubscriptionList>("subscriptions", "admin.subscriptions", subscriptions);
    collector.add<v1::UserList>("users", "admin.users", users);
    collector.add<v1::ListenerList>("listeners", "admin.listeners", empty);
    collector.add<v1::SubjectList>("subjects", "admin.subjects", v1::ListSubjects());
    collector.add<v1::LogLevel>("log-level", "admin.log-level", v1::SetLogLevel());
    collector.add<v1::ReloadReport>("reload", "admin.reload", preview);
    collector.add<v1::ConfigText>("telexd.yaml", "admin.config", v1::GetConfig(), config_file);
    collector.add<v1::LogLines>("log.txt", "admin.log", v1::GetLog(), log_file);
}

int run_bundle(const BundleOptions& options) {
    if (::mkdir(options.folder.c_str(), S_IRWXU) != 0) {
        const std::string why = std::generic_category().message(errno);
        print_error(
            kSupportBundle, fmt::format("cannot create folder '{}': {}", options.folder, why)
        );
        return kOutputError;
    }
    SignalWaiter signals;
    auto connection = open_connection(kSupportBundle, *options.common.connection, signals);
    if (!connection) {
        return connection.error();
    }
    SignalWaiter::release();
    Collector collector(connection->client, options);
    collect(collector);
    connection->close();
    if (collector.exit_code() != kOk) {
        return collector.exit_code();
    }
    return print(
        kSupportBundle,
        fmt::format(
            "{} files are in {}. They contain no payloads and no secrets, but subjects, and names "
            "and\n"
            "addresses of clients. Review them before you send them to others.\n",
            collector.files(),
            options.folder
        )
    );
}

}  // namespace

Command support_bundle_command(const SharedConnection& connection) {
    auto options = std::make_shared<BundleOptions>();
    options->common.connection = connection;
    Command command{
        .name = "support-bundle", .summary = "Collect diagnostics of an exchange in a folder"
    };
    OptionSet& set = command.options;
    set.add({"FOLDER",
             "",
             "Folder to create for the files; must not exist",
             value::text(options->folder)})
        .required = true;
    add_admin_timeout(set, options->common);
    command.footer = kAdminFooter;
    command.run = [options] { return run_bundle(*options); };
    return command;
}

}  // namespace telex::cli
