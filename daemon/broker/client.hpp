#pragma once
// A client of the exchange: anything that publishes, subscribes or sends requests. Connections and
// datagram peers are clients; so may be a stream store or a connector. The exchange calls a client
// through this interface, a client calls the exchange through broker::Port.
//
// A client belongs to one reactor: every call is made on that reactor's thread. The exchange never
// calls it after it has left, and it must not leave from inside a call.
#include "broker/client_id.hpp"
#include "broker/client_label.hpp"
#include "broker/delivery.hpp"
#include "broker/publication_run.hpp"
#include "broker/refusal.hpp"
#include "broker/send_result.hpp"
#include "broker/stored_outcome.hpp"
#include "broker/subscription.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace telex::broker {

// Whether a client takes one more message; the error says why the message is dropped.
using Admission = SendResult;

class Client {
public:
    virtual ~Client() = default;

    // --- messages ---------------------------------------------------------------------------
    // Asks whether `bytes` more may be queued for this client. Applies the slow-consumer policy of
    // the subscription: may drop older messages, pause `publisher`, or end the connection.
    [[nodiscard]] virtual Admission admit(
        const Subscription& /*subscription*/, std::size_t /*bytes*/, ClientId /*publisher*/
    ) {
        return {};
    }

    // Takes an admitted message.
    [[nodiscard]] virtual SendResult deliver(const Delivery& delivery) = 0;

    // Whether a record of `bytes` may be queued for this client now. If not, the exchange asks
    // again when the client's queue was written (ClientPort::note_queue).
    virtual bool takes_record(std::size_t bytes) const { return has_room_for(bytes); }

    // Takes a record of a consumer that it is a member of. Once it is taken, no policy drops it; if
    // the client ends before it is written, it counts as a lost reply does.
    [[nodiscard]] virtual SendResult deliver_stored(const StoredDelivery& /*delivery*/) {
        return not_sent(DropReason::not_encodable);
    }

    // Whether `bytes` more may be queued for this client without any consequence: then admit()
    // would do nothing but say yes. False where that is not known.
    virtual bool has_room_for(std::size_t /*bytes*/) const { return false; }

    // Takes messages from the front of a run, for which it has room. Returns how many; the others
    // come by admit() and deliver().
    [[nodiscard]] virtual std::size_t deliver_run(const RunDelivery& /*delivery*/) { return 0; }

    // Called for each message of a subscription with hides_some.
    virtual bool may_receive(std::string_view /*subject*/) const { return true; }

    // Bytes outside the client that are charged to it: messages that wait for credit.
    virtual void charge_held(std::size_t /*bytes*/) {}

    virtual void release_held(std::size_t /*bytes*/) {}

    // --- outcomes of what it asked for --------------------------------------------------------
    // The reply to a request. On an error the client does not get this reply; the exchange counts
    // the drop.
    [[nodiscard]] virtual SendResult on_reply(std::uint64_t request_id, const Delivery& reply) = 0;
    virtual void on_request_failed(std::uint64_t request_id, v1::ErrorCode code) = 0;
    virtual void on_subscribed(std::uint64_t subscription) = 0;
    virtual void on_unsubscribed(
        std::uint64_t subscription, std::uint64_t delivered, std::uint64_t dropped
    ) = 0;
    virtual void on_flushed(std::uint64_t id) = 0;

    // A publication with this confirmation was routed on all reactors. `receivers` subscriptions
    // took it, or keep it until they have credit; a reply that reaches its requester counts as one.
    virtual void on_published(std::uint64_t /*confirmation*/, std::uint64_t /*receivers*/) {}

    // A publication with PublishOptions::durable is stored, or was refused.
    virtual void on_stored(std::uint64_t /*id*/, const StoredOutcome& /*outcome*/) {}

    // Tells the client of an error. Does not close and does not count.
    virtual void refuse(const Refusal& refusal) = 0;

    // --- back-pressure ------------------------------------------------------------------------
    // At how many pending bytes this client pauses publishers to a subscription with this policy;
    // 0: never. Does not change.
    virtual std::size_t blocks_at(v1::SlowPolicy /*policy*/) const { return 0; }

    // Returns true if pause() stops this client from publishing. Does not change.
    virtual bool can_pause() const { return false; }

    // Stops accepting publications until resume() was called as often as pause().
    virtual void pause() {}

    virtual void resume() {}

    // --- identity -----------------------------------------------------------------------------
    // False if there are no users: then every client may publish and subscribe everywhere.
    virtual bool has_permissions() const { return false; }

    // Decides about one subject or filter: whether the client may subscribe to it, by its
    // permissions at this time.
    using ReadPermission = std::function<bool(std::string_view)>;

    // A copy that any thread may use, also after the client has left. Empty: everything is allowed.
    virtual ReadPermission read_permission() const { return {}; }

    // Empty if there are no users.
    virtual std::string_view user_name() const { return {}; }

    // The client is the daemon's own system user, or root, as the kernel reports it.
    virtual bool is_owner() const { return false; }

    // The number of its connection, as shown to operators; 0 if it has none.
    virtual std::uint64_t number() const { return 0; }

    // As it calls itself, for operators; may contain any characters.
    virtual std::string_view client_name() const { return {}; }

    // Names it in log lines.
    virtual ClientLabel label() const { return {.connection = number()}; }
};

}  // namespace telex::broker
