#include "exchange/builtin_responders.hpp"

#include "access/users.hpp"
#include "broker/reserved_subjects.hpp"
#include "exchange/exchange.hpp"
#include "exchange/shard.hpp"
#include "telex/v1/sys.pb.h"
#include "wire/writer.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace telex::exchange {

namespace {

constexpr std::string_view kPrefix = "$SYS.";
constexpr std::string_view kStreamPrefix = "stream.";  // after it

// Replies cannot loop: no client may send a request to `_REPLY`. Else a datagram with a forged
// sender would make two exchanges echo to each other for ever.
constexpr std::string_view kReplySubject = "_REPLY";

void reply_with(
    Shard& shard,
    ClientRecord& requester,
    std::uint64_t request_id,
    ByteView payload,
    std::string_view type
) {
    std::string body;
    wire::append_message(body, {.subject = kReplySubject, .payload = payload, .type = type});
    if (const auto message = wire::scan_message(body)) {
        shard.requests().complete(requester, request_id, {0, *message, {}, nullptr});
    }
}

void reply_with(
    Shard& shard,
    ClientRecord& requester,
    std::uint64_t request_id,
    const google::protobuf::Message& message
) {
    reply_with(shard, requester, request_id, message.SerializeAsString(), message.GetTypeName());
}

v1::ServerTime server_time() {
    v1::ServerTime time;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    time.set_unix_nanoseconds(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
    return time;
}

// Returns a function that completes the request on the shard's thread. Any thread may call it: the
// requester may have left before, so it is looked up by its number.
template <class Result>
std::function<void(Result)> completion(
    Shard& shard, const ClientRecord& requester, std::uint64_t request_id
) {
    return [&shard, id = requester.id(), request_id](Result result) {
        shard.reactor().post([&shard, id, request_id, result = std::move(result)] {
            ClientRecord* const client = shard.find(id);
            if (client == nullptr) {
                return;
            }
            if (result.failure != v1::ERROR_CODE_UNSPECIFIED) {
                shard.requests().fail(*client, request_id, result.failure);
            } else {
                reply_with(shard, *client, request_id, result.payload, result.type);
            }
        });
    };
}

// The permission to publish to the subject has been checked, if there are users; that to the
// messages is the storage's to check.
void ask_storage(
    Shard& shard,
    ClientRecord& requester,
    const wire::MessageView& request,
    std::string_view name,
    std::uint64_t request_id
) {
    auto permission = requester.client().read_permission();
    if (!permission) {
        permission = [](std::string_view) { return true; };
    }
    shard.exchange().stream_storage()->query(
        {.name = std::string(name),
         .payload = std::string(request.payload),
         .account = requester.account(),
         .may_read = std::move(permission)},
        completion<StreamStorage::QueryReply>(shard, requester, request_id)
    );
}

// With users, the permissions have already been checked. Without users, only the owner of the
// daemon may send these requests.
void ask_admin_handler(
    Shard& shard,
    ClientRecord& requester,
    const wire::MessageView& request,
    std::uint64_t request_id
) {
    if (!requester.client().has_permissions() && !requester.client().is_owner()) {
        shard.requests().fail(requester, request_id, v1::PERMISSION_DENIED);
        return;
    }
    const std::string_view name = request.subject.substr(broker::kOperatorPrefix.size());
    const std::string_view user = requester.client().has_permissions()
                                      ? requester.client().user_name()
                                      : access::owner().name;
    shard.exchange().admin_handler()->handle(
        std::string(name),
        std::string(request.payload),
        {.user = std::string(user), .connection = requester.client().number()},
        completion<AdminReply>(shard, requester, request_id)
    );
}

}  // namespace

bool is_builtin_subject(std::string_view subject) {
    return subject.starts_with(kPrefix);
}

void reply_to_builtin(
    Shard& shard,
    ClientRecord& requester,
    const wire::MessageView& request,
    std::uint64_t request_id
) {
    const std::string_view name = request.subject.substr(kPrefix.size());
    if (name == "echo") {
        reply_with(shard, requester, request_id, request.payload, "");
    } else if (name == "time") {
        reply_with(shard, requester, request_id, server_time());
    } else if (name == "info") {
        reply_with(shard, requester, request_id, *shard.exchange().info());
    } else if (name == "stats") {
        const auto done = [&shard, id = requester.id(), request_id](const v1::ServerStats& stats) {
            if (ClientRecord* client = shard.find(id); client != nullptr) {
                reply_with(shard, *client, request_id, stats);
            }
        };
        shard.exchange().collect_stats(shard, done);
    } else if (request.subject.starts_with(broker::kOperatorPrefix) &&
               shard.exchange().admin_handler() != nullptr) {
        ask_admin_handler(shard, requester, request, request_id);
    } else if (name.starts_with(kStreamPrefix) && shard.exchange().stream_storage() != nullptr) {
        ask_storage(shard, requester, request, name.substr(kStreamPrefix.size()), request_id);
    } else {
        shard.requests().fail(requester, request_id, v1::NO_RESPONDERS);
    }
}

}  // namespace telex::exchange
