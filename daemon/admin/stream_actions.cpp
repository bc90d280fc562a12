#include "admin/stream_actions.hpp"

#include "access/accounts.hpp"
#include "admin/caller_origin.hpp"
#include "admin/stream_metrics.hpp"
#include "log/log.hpp"
#include "server/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace telex::admin {

namespace {

constexpr std::uint32_t kListedRows = 100;
constexpr std::uint32_t kMostListedRows = 1'000;
constexpr std::uint64_t kMostPauseMs = 365ULL * 24 * 3'600 * 1'000;

std::uint64_t rows_of(std::uint32_t limit) {
    return limit == 0 ? kListedRows : std::min(limit, kMostListedRows);
}

v1::AdminError::Code code_of(v1::StreamErrorCode code) {
    switch (code) {
        case v1::STREAM_NOT_FOUND:
        case v1::MESSAGE_NOT_FOUND:
        case v1::CONSUMER_NOT_FOUND:
            return v1::AdminError::NOT_FOUND;
        case v1::STREAM_EXISTS:
        case v1::STREAM_OVERLAP:
        case v1::STREAM_CONFIGURED:
            return v1::AdminError::CONFLICT;
        case v1::STREAM_LOSES_DATA:
            return v1::AdminError::LOSES_DATA;
        case v1::STREAM_DENIED:
            return v1::AdminError::DENIED;
        case v1::STREAM_DAMAGED:
            return v1::AdminError::DAMAGED;
        case v1::STORAGE_NOT_WRITABLE:
            return v1::AdminError::NOT_WRITABLE;
        case v1::STORAGE_BUSY:
            return v1::AdminError::UNRESPONSIVE;
        default:
            return v1::AdminError::INVALID_ARGUMENT;
    }
}

unexpected<v1::AdminError> failure_of(const storage::StreamFault& fault) {
    return unexpected(admin_error_of(fault));
}

unexpected<v1::AdminError> bad_argument(std::string message) {
    return unexpected(wire::admin_error(v1::AdminError::INVALID_ARGUMENT, std::move(message)));
}

void log_action(
    std::string_view action, const Caller& caller, std::string_view account, std::string_view stream
) {
    log::write(
        "operator",
        {{"action", action},
         {"by", caller.user},
         {"from", origin_of(caller)},
         {"account", account.empty() ? access::kDefaultAccountName : account},
         {"stream", stream}}
    );
}

void log_consumer_action(
    std::string_view action, const Caller& caller, const storage::Engine::ConsumerName& name
) {
    log::write(
        "operator",
        {{"action", action},
         {"by", caller.user},
         {"from", origin_of(caller)},
         {"account", name.account.empty() ? access::kDefaultAccountName : name.account},
         {"stream", name.stream},
         {"consumer", name.consumer}}
    );
}

template <class Request>
storage::Engine::ConsumerName consumer_name_of(const Request& request) {
    return {.account = request.account(), .stream = request.stream(), .consumer = request.name()};
}

v1::ConsumerReport report_of(v1::ConsumerInfo info) {
    v1::ConsumerReport report;
    *report.mutable_consumer() = std::move(info);
    return report;
}

v1::StreamReport report_of(v1::StreamInfo info) {
    v1::StreamReport report;
    *report.mutable_stream() = std::move(info);
    return report;
}

}  // namespace

v1::AdminError admin_error_of(const storage::StreamFault& fault) {
    return wire::admin_error(code_of(fault.code), fault.text);
}

wire::AdminResult<storage::Engine*> StreamActions::engine() const {
    if (engine_ == nullptr) {
        return unexpected(wire::admin_error(
            v1::AdminError::NO_STORAGE,
            "the daemon has no storage: add the key 'storage' to its configuration, and restart it"
        ));
    }
    return engine_;
}

wire::AdminResult<storage::Engine*> StreamActions::engine_for(std::string& account) const {
    auto engine = this->engine();
    if (!engine) {
        return engine;
    }
    if (account == access::kDefaultAccountName) {
        account.clear();
    }
    const access::UsersPtr users = server_.users();
    const bool known =
        account.empty() || (users != nullptr && users->accounts()->find(account).has_value());
    if (!known) {
        return unexpected(wire::admin_error(
            v1::AdminError::NOT_FOUND, fmt::format("there is no account '{}'", account)
        ));
    }
    return engine;
}

wire::AdminResult<v1::StreamList> StreamActions::streams(
    const v1::ListStreams& request, const Caller& /*caller*/
) {
    std::string account = request.account();
    const auto engine = engine_for(account);
    if (!engine) {
        return unexpected(engine.error());
    }
    auto all = (*engine)->list();
    if (!all) {
        return failure_of(all.error());
    }
    const std::uint64_t limit = rows_of(request.limit());
    v1::StreamList list;
    std::uint64_t total = 0;
    for (v1::StreamInfo& info : *all) {
        if (!request.all_accounts() && info.config().account() != account) {
            continue;
        }
        if (++total <= limit) {
            *list.add_streams() = std::move(info);
        }
    }
    list.set_total(total);
    return list;
}

wire::AdminResult<v1::StreamReport> StreamActions::stream(
    const v1::GetStream& request, const Caller& /*caller*/
) {
    std::string account = request.account();
    const auto engine = engine_for(account);
    if (!engine) {
        return unexpected(engine.error());
    }
    auto info = (*engine)->info(account, request.name());
    if (!info) {
        return failure_of(info.error());
    }
    return report_of(*std::move(info));
}

wire::AdminResult<v1::StreamReport> StreamActions::add(
    const v1::AddStream& request, const Caller& caller
) {
    v1::StreamConfig config = request.config();
    const auto engine = engine_for(*config.mutable_account());
    if (!engine) {
        return unexpected(engine.error());
    }
    auto info = (*engine)->create(config);
    if (!info) {
        return failure_of(info.error());
    }
    log_action("stream-add", caller, config.account(), config.name());
    return report_of(*std::move(info));
}

wire::AdminResult<v1::StreamReport> StreamActions::change(
    const v1::ChangeStream& request, const Caller& caller
) {
    v1::StreamConfig config = request.config();
    const auto engine = engine_for(*config.mutable_account());
    if (!engine) {
        return unexpected(engine.error());
    }
    auto info = (*engine)->change(config, request.force());
    if (!info) {
        return failure_of(info.error());
    }
    log_action("stream-change", caller, config.account(), config.name());
    return report_of(*std::move(info));
}

wire::AdminResult<v1::StreamRemoved> StreamActions::remove(
    const v1::RemoveStream& request, const Caller& caller
) {
    std::string account = request.account();
    const auto engine = engine_for(account);
    if (!engine) {
        return unexpected(engine.error());
    }
    if (const auto removed = (*engine)->remove(account, request.name()); !removed) {
        return failure_of(removed.error());
    }
    log_action("stream-remove", caller, account, request.name());
    return v1::StreamRemoved();
}

wire::AdminResult<v1::StreamPurged> StreamActions::purge(
    const v1::PurgeStream& request, const Caller& caller
) {
    std::string account = request.account();
    const auto engine = engine_for(account);
    if (!engine) {
        return unexpected(engine.error());
    }
    const storage::Engine::Purge purge{
        .filter = request.filter(), .before = request.before(), .keep = request.keep()
    };
    const auto removed = (*engine)->purge(account, request.name(), purge);
    if (!removed) {
        return failure_of(removed.error());
    }
    log_action("stream-purge", caller, account, request.name());
    v1::StreamPurged reply;
    reply.set_messages(*removed);
    return reply;
}

wire::AdminResult<v1::MessageErased> StreamActions::erase(
    const v1::EraseMessage& request, const Caller& caller
) {
    if (request.sequence() == 0) {
        return bad_argument("sequence: must be at least 1");
    }
    std::string account = request.account();
    const auto engine = engine_for(account);
    if (!engine) {
        return unexpected(engine.error());
    }
    if (const auto erased = (*engine)->erase(account, request.name(), request.sequence());
        !erased) {
        return failure_of(erased.error());
    }
    log_action("stream-erase", caller, account, request.name());
    return v1::MessageErased();
}

wire::AdminResult<v1::StreamContents> StreamActions::read(
    const v1::ReadStream& request, const Caller& /*caller*/
) {
    std::string account = request.account();
    const auto engine = engine_for(account);
    if (!engine) {
        return unexpected(engine.error());
    }
    v1::StreamContents reply;
    *reply.mutable_contents() = (*engine)->get(account, request.request());
    if (reply.contents().has_error()) {
        const v1::StreamError& error = reply.contents().error();
        return failure_of({.code = error.code(), .text = error.text()});
    }
    return reply;
}

wire::AdminResult<v1::StorageReport> StreamActions::storage(
    const v1::GetStorage& /*request*/, const Caller& /*caller*/
) {
    const auto engine = this->engine();
    if (!engine) {
        return unexpected(engine.error());
    }
    v1::StorageReport reply;
    *reply.mutable_storage() = (*engine)->storage_info();
    reply.mutable_storage()->set_folder(folder_);
    return reply;
}

wire::AdminResult<v1::ConsumerList> StreamActions::consumers(
    const v1::ListConsumers& request, const Caller& /*caller*/
) {
    std::string account = request.account();
    const auto engine = engine_for(account);
    if (!engine) {
        return unexpected(engine.error());
    }
    auto all = (*engine)->list_consumers(account, request.stream());
    if (!all) {
        return failure_of(all.error());
    }
    v1::ConsumerList list;
    list.set_total(all->size());
    all->resize(std::min<std::size_t>(all->size(), rows_of(request.limit())));
    for (v1::ConsumerInfo& info : *all) {
        *list.add_consumers() = std::move(info);
    }
    return list;
}

wire::AdminResult<v1::ConsumerReport> StreamActions::consumer(
    const v1::GetConsumer& request, const Caller& /*caller*/
) {
    auto name = consumer_name_of(request);
    const auto engine = engine_for(name.account);
    if (!engine) {
        return unexpected(engine.error());
    }
    auto info = (*engine)->consumer_info(name);
    if (!info) {
        return failure_of(info.error());
    }
    return report_of(*std::move(info));
}

wire::AdminResult<v1::ConsumerRemoved> StreamActions::remove_consumer(
    const v1::RemoveConsumer& request, const Caller& caller
) {
    auto name = consumer_name_of(request);
    const auto engine = engine_for(name.account);
    if (!engine) {
        return unexpected(engine.error());
    }
    if (const auto removed = (*engine)->remove_consumer(name); !removed) {
        return failure_of(removed.error());
    }
    log_consumer_action("consumer-remove", caller, name);
    return v1::ConsumerRemoved();
}

wire::AdminResult<v1::ConsumerReport> StreamActions::pause_consumer(
    const v1::PauseConsumer& request, const Caller& caller
) {
    if (request.time_ms() > kMostPauseMs) {
        return bad_argument("time_ms: must be at most a year");
    }
    auto name = consumer_name_of(request);
    const auto engine = engine_for(name.account);
    if (!engine) {
        return unexpected(engine.error());
    }
    auto info = (*engine)->pause_consumer(name, std::chrono::milliseconds(request.time_ms()));
    if (!info) {
        return failure_of(info.error());
    }
    log_consumer_action("consumer-pause", caller, name);
    return report_of(*std::move(info));
}

std::optional<v1::StorageInfo> StreamActions::storage_figures() {
    return engine_ == nullptr ? std::nullopt : std::optional(engine_->storage_info());
}

std::vector<v1::StreamInfo> StreamActions::stream_figures() {
    if (engine_ == nullptr) {
        return {};
    }
    auto list = engine_->list();
    return list ? *std::move(list) : std::vector<v1::StreamInfo>{};
}

storage::Engine::FirstConsumers StreamActions::consumer_figures() {
    if (engine_ == nullptr) {
        return {};
    }
    auto first = engine_->first_consumers(kMostMeasuredConsumers);
    return first ? *std::move(first) : storage::Engine::FirstConsumers{};
}

}  // namespace telex::admin
