#pragma once
// The hold of one connection on a detachable client (detachable_client.hpp), which may live on
// another reactor.
//
// The client keeps each message in its queue until the attachment has handed it over:
//
//   client's reactor   queue --> one batch per turn, within a window --.
//                      remove from the queue <-- receipt --.           |
//   this reactor                             hand over one by one <----'
//
// So a detach loses nothing: the client still has every message that was not handed over, in order.
//
// Owned by the connection. Thread: the connection's reactor, except for link().
#include "base/ring.hpp"
#include "broker/client.hpp"
#include "exchange/client_record.hpp"
#include "exchange/stored_message.hpp"
#include "reactor/reactor.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace telex::exchange {

class Attachment;
class DetachableClient;
class Shard;

// Why an attachment ended without a call of detach().
enum class AttachmentEnd : std::uint8_t {
    taken_over,    // another connection has attached
    client_ended,  // the detachable client has ended
};

// A message in the queue of a detachable client, or the outcome of a call on its port.
struct QueuedItem {
    StoredMessage message;
    std::uint64_t subscription = 0;
    std::uint64_t key = 0;  // of the subscription
    v1::SlowPolicy slow_policy = v1::SLOW_POLICY_UNSPECIFIED;
    std::size_t size = 0;                  // bytes that count for the client's limit
    std::size_t memory = 0;                // bytes charged to the memory budget
    std::function<void(Client&)> outcome;  // null for a message
    std::uint64_t attachment = 0;          // AttachmentLink::serial; outcomes only
};

// The messages that an attachment has handed over since its last receipt.
struct AttachmentReceipt {
    struct Fault {
        std::uint64_t key;  // of the subscription
        DropReason reason;
    };

    std::size_t items = 0;
    std::vector<Fault> faults;  // messages that the connection did not take
};

// Joins an attachment and its client. Shared by both and by the tasks between them.
struct AttachmentLink {
    Shard& home;  // of the client
    Shard& here;  // of the attachment
    // Used on the attachment's reactor. Null once it is detached.
    Attachment* attachment = nullptr;
    // The rest is used on the client's reactor. Null if not attached.
    DetachableClient* client = nullptr;
    bool gone = false;         // the attachment is detached
    std::uint64_t serial = 0;  // among the attachments of the client
};

using AttachmentLinkPtr = std::shared_ptr<AttachmentLink>;

class Attachment final : public reactor::TurnWork {
public:
    using OnEnd = std::function<void(AttachmentEnd)>;

    // `client` gets the messages and outcomes, on the thread of `here`; it must not detach from
    // inside a call. `home`: the shard of the detachable client. `on_end` may destroy this, but not
    // the detachable client.
    Attachment(Shard& here, Shard& home, Client& client, OnEnd on_end);
    ~Attachment() override;
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;

    // For DetachableClient::attach, called on the thread of `home`.
    const AttachmentLinkPtr& link() const { return link_; }

    bool attached() const { return link_->attachment != nullptr; }

    // The client receives no further messages. Messages it has not received stay in the queue.
    void detach();

    // Nothing is handed over until resume(). May be called from inside a call of the client.
    void pause() { paused_ = true; }

    void resume();

    // --- for DetachableClient -------------------------------------------------------------------
    bool ready() const { return !paused_; }

    Client& client() { return client_; }

    // Gives the client one item. An error: the client did not take the message.
    [[nodiscard]] broker::SendResult hand_over(const QueuedItem& item);
    // A batch from another reactor.
    void receive(std::vector<QueuedItem> items);
    void end(AttachmentEnd reason);

    void run_turn_work() override;

private:
    bool is_local() const { return &link_->here == &link_->home; }

    void hand_over_received();

    Client& client_;
    OnEnd on_end_;
    AttachmentLinkPtr link_;
    Ring<QueuedItem> received_;  // copies of what the client's queue still holds
    bool paused_ = false;
};

}  // namespace telex::exchange
