#include "app/stream_service.hpp"

#include "app/store_settings.hpp"
#include "log/log.hpp"
#include "server/server.hpp"
#include "wire/admin_error.hpp"

#include <fmt/format.h>
#include <sysexits.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <optional>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

namespace telex::app {

namespace {

// The service manager allows this much for the next step of opening and reading the store.
constexpr std::chrono::seconds kStartOfAStep{120};

// Of this run; must not be guessable.
std::uint64_t secret_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
}

storage::Engine::AccountNumber account_numbers(const server::Server& server) {
    const access::UsersPtr users = server.users();
    return [users](std::string_view name) -> std::optional<access::AccountId> {
        if (name.empty() || name == access::kDefaultAccountName) {
            return access::kDefaultAccount;
        }
        return users == nullptr ? std::nullopt : users->accounts()->find(name);
    };
}

std::vector<storage::ConfiguredStream> engine_streams(
    const std::vector<config::StreamEntry>& entries
) {
    std::vector<storage::ConfiguredStream> streams;
    streams.reserve(entries.size());
    for (const config::StreamEntry& entry : entries) {
        const bool is_default = entry.account == access::kDefaultAccountName;
        streams.push_back({is_default ? std::string() : entry.account, entry.options});
    }
    return streams;
}

std::string_view shown_account(std::string_view account) {
    return account.empty() ? access::kDefaultAccountName : account;
}

// Texts for people, and the most important code: a loss may be forced only if nothing else is
// wrong.
v1::AdminError::Code code_of(const std::vector<storage::StreamFault>& faults) {
    const bool only_losses = std::ranges::all_of(faults, [](const storage::StreamFault& fault) {
        return fault.code == v1::STREAM_LOSES_DATA;
    });
    return only_losses ? v1::AdminError::LOSES_DATA : v1::AdminError::CANNOT_APPLY;
}

}  // namespace

int StreamService::open(const config::StorageOptions& options) {
    if (!options.enabled) {
        return EX_OK;
    }
    notifier_.status("opening the store");
    notifier_.extend_start(kStartOfAStep);
    if (options.default_folder) {
        std::error_code ignored;  // opening the store names the problem
        std::filesystem::create_directories(
            std::filesystem::path(options.folder).parent_path(), ignored
        );
    }
    store::RocksSettings settings = store_settings(options);
    settings.on_warning = [](std::string_view line) {
        log::write("store_warning", {{"warning", line}});
    };
    const auto sync_time = std::make_shared<std::atomic<std::int64_t>>(0);
    settings.on_commit = [sync_time](const store::CommitReport& report) {
        sync_time->fetch_add(report.sync_time.count(), std::memory_order_relaxed);
    };
    auto store = store::open_rocks_store(std::move(settings));
    if (!store) {
        log::write("startup_failed", {{"error", store.error().text}});
        return exit_code_of(store.error().fault);
    }
    folder_ = options.folder;
    store_ = store->get();
    // Only a commit asks the disk for its room. One that fails shows in the store's state.
    (void)store_->commit({}, store::Durability::buffered);
    storage::EngineOptions engine;
    engine.max_pending_bytes = options.max_pending_bytes;
    engine.seed = secret_seed();
    engine.sync_nanoseconds = sync_time;
    engine_ = std::make_unique<storage::Engine>(*std::move(store), engine);
    return restore();
}

int StreamService::restore() {
    const auto began = std::chrono::steady_clock::now();
    const auto restored = engine_->restore([this](double share) {
        notifier_.status(fmt::format("reading streams: {:.0f} %", share * 100));
        notifier_.extend_start(kStartOfAStep);
    });
    if (!restored) {
        log::write("startup_failed", {{"error", restored.error().text}});
        return EX_IOERR;
    }
    restored_in_ = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began
    );
    return EX_OK;
}

int StreamService::start(server::Server& server, const std::vector<config::StreamEntry>& streams) {
    if (!engine_) {
        return EX_OK;
    }
    std::vector<exchange::OfferSource*> shards;
    std::vector<exchange::MemberSource*> members;
    for (std::size_t i = 0; i < server.exchange().shard_count(); ++i) {
        exchange::Shard& shard = server.exchange().shard(i);
        shards.push_back(&shard.capture());
        members.push_back(&shard.stream_members());
    }
    engine_->use_member_shards(std::move(members));
    started_ = true;
    engine_->start(std::move(shards), account_numbers(server));
    log::write(
        "store_opened",
        {{"folder", folder_},
         {"streams", names().size()},
         {"disk_bytes", engine_->storage_info().disk_bytes()},
         {"milliseconds", restored_in_.count()}}
    );
    const Faults faults = apply(streams, false, false);
    if (faults.empty()) {
        return EX_OK;
    }
    for (const storage::StreamFault& fault : faults) {
        log::write("startup_failed", {{"error", fault.text}});
    }
    const bool config = std::ranges::none_of(faults, [](const storage::StreamFault& fault) {
        return fault.code == v1::STORAGE_NOT_WRITABLE || fault.code == v1::STORAGE_BUSY ||
               fault.code == v1::STREAM_DAMAGED;
    });
    return config ? EX_CONFIG : EX_IOERR;
}

std::vector<std::pair<std::string, std::string>> StreamService::names() {
    std::vector<std::pair<std::string, std::string>> names;
    if (const auto list = engine_->list()) {
        for (const v1::StreamInfo& info : *list) {
            names.emplace_back(info.config().account(), info.config().name());
        }
    }
    return names;
}

StreamService::Faults StreamService::apply(
    const std::vector<config::StreamEntry>& streams, bool force, bool dry_run
) {
    const auto before = names();
    auto done = engine_->configure(engine_streams(streams), force, dry_run);
    if (!done) {
        return std::move(done.error());
    }
    std::vector<std::pair<std::string, std::string>> created;
    const auto after = names();
    std::ranges::set_difference(after, before, std::back_inserter(created));
    for (const auto& [account, name] : created) {
        log::write("stream_created", {{"account", shown_account(account)}, {"stream", name}});
    }
    return {};
}

void StreamService::configure(
    const std::vector<config::StreamEntry>& streams,
    bool force,
    bool dry_run,
    v1::ReloadReport& report
) {
    if (!engine_) {
        return;
    }
    const Faults faults = apply(streams, force, dry_run);
    if (faults.empty()) {
        return;
    }
    std::string text;
    for (const storage::StreamFault& fault : faults) {
        text += (text.empty() ? "" : "; ") + fault.text;
    }
    const v1::AdminError::Code code = code_of(faults);
    if (code == v1::AdminError::LOSES_DATA) {
        text += "; `telex reload --force` applies it nevertheless";
    }
    wire::set_error(report, wire::admin_error(code, std::move(text)));
}

void StreamService::use_accounts(const server::Server& server) {
    if (engine_) {
        engine_->use_accounts(account_numbers(server));
    }
}

void StreamService::look() {
    if (store_ == nullptr || store_->state() == logged_) {
        return;
    }
    logged_ = store_->state();
    switch (logged_) {
        case store::StoreState::ok:
            log::write("store_room_again");
            break;
        case store::StoreState::full:
            log::write("store_full", {{"reason", store_->state_reason()}});
            break;
        case store::StoreState::failed:
            log::write("store_failed", {{"reason", store_->state_reason()}});
            break;
    }
    if (changed_) {
        changed_();
    }
}

std::string StreamService::problem() const {
    if (store_ == nullptr || store_->state() == store::StoreState::ok) {
        return {};
    }
    return store_->state_reason();
}

void StreamService::stop(bool hurry) {
    if (!started_) {
        return;
    }
    started_ = false;
    if (hurry) {
        store_->give_up();
    }
    engine_->stop();
}

}  // namespace telex::app
