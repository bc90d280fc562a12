#include "config/keys/storage_keys.hpp"

#include "config/keys/text_rules.hpp"
#include "config/keys/units.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

constexpr std::string_view kFolder = "storage.folder";

// Returns the value of a variable that is an absolute path, else an empty text.
std::string absolute(const Environment& environment, std::string_view variable) {
    const std::string value = environment.variable(variable).value_or("");
    return value.starts_with('/') ? value : std::string();
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table, row by row
void add_storage_keys(Table<ConfigDraft>& table) {
    constexpr std::uint64_t kTiB = std::uint64_t{1} << 40U;
    table.push_back(section<ConfigDraft>(
        "storage",
        {"The store of all streams. It is opened if the file has this key, which may be empty, or "
         "`streams`; without both nothing is stored, and no stream can be created by command."}
    ));
    table.push_back(text_key<ConfigDraft>(
        kFolder,
        {"absolute path"},
        [](auto& d) -> auto& { return d.config.storage.folder; },
        check_path,
        {.doc = "Folder of the store, for one daemon only. Is created, with mode 0700, if it does "
                "not exist; the folder above it must exist. The default is the first of "
                "`$STATE_DIRECTORY`, `$XDG_STATE_HOME/telex` and `~/.local/state/telex`.",
         .reload = Reload::restart}
    ));
    table.push_back(size_key<ConfigDraft>(
        "storage.cache",
        [](auto& d) -> auto& { return d.config.storage.cache_bytes; },
        {kMiB, kTiB},
        {"Memory for blocks of messages that were read.", Reload::restart}
    ));
    table.push_back(size_key<ConfigDraft>(
        "storage.write_buffer",
        [](auto& d) -> auto& { return d.config.storage.write_buffer_bytes; },
        {kMiB, kTiB},
        {"Memory of one write buffer; there are at most four.", Reload::restart}
    ));
    table.push_back(size_key<ConfigDraft>(
        "storage.reserve",
        [](auto& d) -> auto& { return d.config.storage.reserve_bytes; },
        {kMiB, 1'024 * kTiB},
        {"The store is full when its file system has less free space than this. Publications that "
         "streams would store are then refused with STORAGE_FULL, until there is room again.",
         Reload::restart}
    ));
    table.push_back(size_key<ConfigDraft>(
        "storage.ballast",
        [](auto& d) -> auto& { return d.config.storage.ballast_bytes; },
        {kMiB, kTiB},
        {"Size of a file that is given up when the disk is full nevertheless, so that removals can "
         "still be written.",
         Reload::restart}
    ));
    table.push_back(size_key<ConfigDraft>(
        "storage.max_pending",
        [](auto& d) -> auto& { return d.config.storage.max_pending_bytes; },
        {kMiB, kTiB},
        {"Maximum bytes of messages that wait for the disk. Publishers are slowed down before the "
         "limit is reached.",
         Reload::restart}
    ));
}

std::string default_storage_folder(const Environment& environment) {
    // The service manager separates several folders by colons.
    const std::string state = absolute(environment, "STATE_DIRECTORY");
    if (!state.empty()) {
        return state.substr(0, state.find(':'));
    }
    if (const std::string folder = absolute(environment, "XDG_STATE_HOME"); !folder.empty()) {
        return folder + "/telex";
    }
    const std::string home = absolute(environment, "HOME");
    return home.empty() ? home : home + "/.local/state/telex";
}

void settle_storage(
    Config& config, const Environment& environment, Origins& origins, Report& report
) {
    StorageOptions& storage = config.storage;
    storage.enabled = origins.given("storage") || origins.given("streams");
    if (!storage.enabled || origins.given(kFolder) || !origins.good("storage")) {
        return;
    }
    storage.folder = default_storage_folder(environment);
    storage.default_folder = true;
    const Position at = origins.key_of(origins.given("storage") ? "storage" : "streams");
    if (storage.folder.empty()) {
        report.error(
            at,
            fmt::format(
                "{}: is required, since none of $STATE_DIRECTORY, $XDG_STATE_HOME and $HOME is an "
                "absolute path",
                kFolder
            )
        );
        return;
    }
    // A reload compares it, and the printed configuration has it.
    origins.read(
        std::string(kFolder),
        {.value = storage.folder, .shown = fmt::format("'{}'", storage.folder), .at = at}
    );
}

}  // namespace telex::config
