// `telex support-bundle`: what an exchange knows of itself, in a folder, for whoever is to help.
//
// No payloads, passwords, tokens or keys: the exchange tells none of them. Names and addresses of
// clients and subjects are in it, and the reader is told so.
#include "cli/commands/verb.hpp"
#include "cli/connection/operator.hpp"
#include "cli/exit_code.hpp"
#include "cli/terminal/complain.hpp"
#include "telex/v1/admin.pb.h"
#include "telex/v1/sys.pb.h"
#include "wire/proto_json.hpp"
#include <telex/client.hpp>

#include <CLI/CLI.hpp>
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
constexpr std::uint32_t kMost = 1'000;

struct BundleOptions {
    OperatorOptions common;
    std::string folder;
};

// Asks and writes, one file for each answer, until something goes wrong.
class Collector {
public:
    Collector(Client& client, const BundleOptions& options) : client_(client), options_(options) {}

    template <class Answer>
    void add(
        std::string_view name, std::string_view subject, const google::protobuf::Message& question
    ) {
        if (exit_code_ != kOk) {
            return;
        }
        // An error in the answer belongs to the bundle.
        Answer answer;
        const auto answered =
            ask(client_, subject, question.SerializeAsString(), answer, options_.common.timeout);
        if (answered) {
            write(
                fmt::format("{}/{}.json", options_.folder, name), wire::json_object(answer) + "\n"
            );
        } else {
            exit_code_ = fail(kSupportBundle, answered.error());
        }
    }

    int exit_code() const { return exit_code_; }

    int files() const { return files_; }

private:
    void write(const std::string& path, const std::string& text) {
        std::ofstream file(path);
        file << text;
        file.close();
        if (!file) {
            complain(kSupportBundle, fmt::format("'{}' cannot be written", path));
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
    open.set_limit(kMost);
    v1::ListConnections closed = open;
    closed.set_closed(true);
    v1::ListSubscriptions subscriptions;
    subscriptions.set_limit(kMost);
    v1::Reload preview;
    preview.set_dry_run(true);
    const v1::ListListeners nothing;  // in it
    collector.add<v1::ServerInfo>("info", "info", nothing);
    collector.add<v1::ServerStats>("stats", "stats", nothing);
    collector.add<v1::ConnectionList>("connections", "admin.connections", open);
    collector.add<v1::ConnectionList>("ended-connections", "admin.connections", closed);
    collector.add<v1::SubscriptionList>("subscriptions", "admin.subscriptions", subscriptions);
    collector.add<v1::ListenerList>("listeners", "admin.listeners", nothing);
    collector.add<v1::SubjectList>("subjects", "admin.subjects", v1::ListSubjects());
    collector.add<v1::LogLevel>("log-level", "admin.log-level", v1::SetLogLevel());
    collector.add<v1::ReloadReport>("reload", "admin.reload", preview);
}

int run_bundle(const BundleOptions& options) {
    if (::mkdir(options.folder.c_str(), S_IRWXU) != 0) {
        const std::string why = std::generic_category().message(errno);
        complain(kSupportBundle, fmt::format("'{}' cannot be made: {}", options.folder, why));
        return kOutputError;
    }
    Stop stop;
    auto connection = open_connection(kSupportBundle, options.common.connection, stop);
    if (!connection) {
        return connection.error();
    }
    Stop::release();
    Collector collector(connection->client, options);
    collect(collector);
    connection->close();
    if (collector.exit_code() != kOk) {
        return collector.exit_code();
    }
    return print(
        kSupportBundle,
        fmt::format(
            "{} files are in {}. Look at them before you pass them on: no payloads and no secrets "
            "are in\n"
            "them, but names and addresses of clients, and subjects.\n",
            collector.files(),
            options.folder
        )
    );
}

}  // namespace

Action add_support_bundle(CLI::App& app) {
    auto options = std::make_shared<BundleOptions>();
    app.add_option(
           "FOLDER", options->folder, "Where the files go; it is made, and must not be there"
    )
        ->required()
        ->type_name("");
    add_operator(app, options->common);
    return [options] { return run_bundle(*options); };
}

}  // namespace telex::cli
