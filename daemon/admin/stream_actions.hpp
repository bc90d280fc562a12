#pragma once
// The handlers of the operator commands about streams, their consumers and their store
// (commands.cpp). Those that change something log an `operator` event with the caller.
//
// Each waits for the storage thread, at most storage::Engine::kPatience.
//
// Owner: AdminActions. Thread: the application's.
#include "exchange/admin_handler.hpp"
#include "storage/engine.hpp"
#include "telex/v1/stream_admin.pb.h"
#include "wire/admin_error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace telex::server {
class Server;
}

namespace telex::admin {

using exchange::Caller;

// The error of an operator command for a fault of the engine.
v1::AdminError admin_error_of(const storage::StreamFault& fault);

class StreamActions {
public:
    // `engine`: null without storage, then every command fails with NO_STORAGE. `folder`: of the
    // store. Engine and server outlive it.
    StreamActions(storage::Engine* engine, std::string folder, server::Server& server)
        : engine_(engine), folder_(std::move(folder)), server_(server) {}

    [[nodiscard]] wire::AdminResult<v1::StreamList> streams(
        const v1::ListStreams& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::StreamReport> stream(
        const v1::GetStream& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::StreamReport> add(
        const v1::AddStream& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::StreamReport> change(
        const v1::ChangeStream& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::StreamRemoved> remove(
        const v1::RemoveStream& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::StreamPurged> purge(
        const v1::PurgeStream& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::MessageErased> erase(
        const v1::EraseMessage& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::StreamContents> read(
        const v1::ReadStream& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::StorageReport> storage(
        const v1::GetStorage& request, const Caller& caller
    );

    [[nodiscard]] wire::AdminResult<v1::ConsumerList> consumers(
        const v1::ListConsumers& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::ConsumerReport> consumer(
        const v1::GetConsumer& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::ConsumerRemoved> remove_consumer(
        const v1::RemoveConsumer& request, const Caller& caller
    );
    [[nodiscard]] wire::AdminResult<v1::ConsumerReport> pause_consumer(
        const v1::PauseConsumer& request, const Caller& caller
    );

    // For metrics. All are empty without storage; the lists are, too, if they do not come in time.
    std::optional<v1::StorageInfo> storage_figures();
    std::vector<v1::StreamInfo> stream_figures();
    storage::Engine::FirstConsumers consumer_figures();

private:
    [[nodiscard]] wire::AdminResult<storage::Engine*> engine() const;
    // The engine, for a request about an account that exists. `account` gets its stored name: empty
    // for the account of users without one.
    [[nodiscard]] wire::AdminResult<storage::Engine*> engine_for(std::string& account) const;

    storage::Engine* engine_;
    const std::string folder_;
    server::Server& server_;
};

}  // namespace telex::admin
