#include "exchange/divided_messages.hpp"

#include "exchange/shard.hpp"
#include "exchange/stored_message.hpp"
#include "reactor/turn_work.hpp"
#include "router/route_cursor.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace telex::exchange {

class DividedMessages::Message final : public reactor::TurnWork {
public:
    Message(DividedMessages& owner, const RoutedMessage& routed);

    ~Message() override {
        shard_.reactor().forget(*this);
        shard_.forget_waiting(*this);
    }

    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    void run_turn_work() override;

    void start() { shard_.reactor().run_again(*this); }

    std::size_t memory() const;

    broker::ClientId publisher() const { return publisher_; }

private:
    RoutedMessage routed() const;
    void take_step();

    // The slice is not over, and not too much is under way to other reactors.
    bool may_go_on() const {
        return !shard_.reactor().work().slice_is_over() && !shard_.congested();
    }

    void answer();
    // Destroys the message.
    void finish();

    DividedMessages& owner_;
    Shard& shard_;
    const StoredMessage stored_;
    const std::string routed_by_;  // empty: the message's own subject
    const broker::ClientId publisher_;
    const access::AccountId account_;
    const TraceSet traces_;
    const bool is_request_;
    const bool echoes_;
    const std::uint64_t confirmation_;
    router::RouteCursor* cursor_ = nullptr;  // the table's
    std::uint64_t receivers_ = 0;            // on this reactor
};

DividedMessages::Message::Message(DividedMessages& owner, const RoutedMessage& routed)
    : TurnWork(Level::busy),
      owner_(owner),
      shard_(owner.shard_),
      stored_(StoredMessage::keep(routed.message, routed.owner, routed.reply_to)),
      routed_by_(
          routed.subject.data() == routed.message.subject.data() ? std::string_view()
                                                                 : routed.subject
      ),
      publisher_(routed.publisher),
      account_(routed.account),
      traces_(routed.traces),
      is_request_(routed.is_request),
      echoes_(routed.echoes),
      confirmation_(routed.confirmation) {}

std::size_t DividedMessages::Message::memory() const {
    return sizeof(*this) + stored_.memory() + memory_of(routed_by_);
}

RoutedMessage DividedMessages::Message::routed() const {
    RoutedMessage routed{
        .message = stored_.message,
        .owner = &stored_.body.owner,
        .subject = routed_by_.empty() ? stored_.message.subject : std::string_view(routed_by_),
        .reply_to = stored_.reply_to,
        .publisher = publisher_,
        .account = account_,
        .traces = traces_
    };
    routed.is_request = is_request_;
    routed.reports_absence = is_request_;
    routed.confirmation = confirmation_;
    routed.echoes = echoes_;
    return routed;
}

void DividedMessages::Message::run_turn_work() {
    if (cursor_ == nullptr) {
        const RoutedMessage message = routed();
        cursor_ = &shard_.router().table(account_).begin_steps(
            message.subject, message.echo_key(), queued_size(message.message)
        );
    }
    while (!cursor_->is_done() && may_go_on()) {
        take_step();
    }
    if (cursor_->is_done()) {
        finish();
    } else if (shard_.congested()) {
        shard_.wait_for_relief(*this);
    } else {
        shard_.reactor().run_again(*this);
    }
}

void DividedMessages::Message::finish() {
    shard_.router().table(account_).end_steps(*cursor_);
    answer();
    owner_.end(*this);
}

void DividedMessages::Message::take_step() {
    RoutedMessage message = routed();
    const std::uint64_t accepted = shard_.ledger().accepted();
    const std::uint64_t forwarded = shard_.counters().handed_over_messages;
    {
        const auto route = shard_.router().table(account_).next_step(*cursor_);
        shard_.router().dispatch(*route, message);
    }
    receivers_ += shard_.ledger().accepted() - accepted;
    if (is_request_) {
        shard_.requests().add_targets(message.reply_to, message.targets);
    }
    if (confirmation_ != 0) {
        shard_.expect_receipts(confirmation_, shard_.counters().handed_over_messages - forwarded);
    }
    shard_.finish_routing();
}

// A request counts the message itself as a target until here, and a confirmation as a receipt.
void DividedMessages::Message::answer() {
    if (is_request_) {
        shard_.requests().note_absence(stored_.reply_to);
    }
    if (confirmation_ != 0) {
        shard_.take_receipt({confirmation_, receivers_});
    }
}

DividedMessages::DividedMessages(Shard& shard) : shard_(shard) {}

DividedMessages::~DividedMessages() = default;

void DividedMessages::begin(const RoutedMessage& routed) {
    ++begun_;
    const Message& message = messages_.emplace_back(*this, routed);
    memory_ += message.memory();
    shard_.account().charge(message.memory());
    (void)shard_.pause_publisher(routed.publisher);  // it can: see may_divide
    start_next();
}

void DividedMessages::start_next() {
    if (started_ < kAtATime && started_ < messages_.size()) {
        std::next(messages_.begin(), static_cast<std::ptrdiff_t>(started_))->start();
        ++started_;
    }
}

void DividedMessages::end(const Message& message) {
    const broker::ClientId publisher = message.publisher();
    memory_ -= message.memory();
    shard_.account().release(message.memory());
    messages_.erase(std::find_if(messages_.begin(), messages_.end(), [&](const Message& each) {
        return &each == &message;
    }));
    --started_;
    start_next();
    shard_.resume_publisher(publisher);
}

}  // namespace telex::exchange
