#pragma once
// Takes the messages of a consumer to a sink, and acknowledges them once they were written.
//
// Messages are written and acknowledged together: when no message is waiting, or enough are. A
// message whose output failed is not acknowledged: the exchange delivers it again.
#include "cli/subscriber/message_sink.hpp"
#include "cli/terminal/signal_waiter.hpp"
#include <telex/consumer.hpp>

#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace telex::cli {

class RecordTaker {
public:
    // `sink` and `signals` must outlive this. `signals` is notified when there are no more
    // messages.
    RecordTaker(Consumer consumer, MessageSink& sink, SignalWaiter& signals, bool acknowledges);
    RecordTaker(const RecordTaker&) = delete;
    RecordTaker& operator=(const RecordTaker&) = delete;
    ~RecordTaker();

    void start();
    // Acknowledges what was written, ends the membership, and waits for the thread.
    void stop();

    // After stop(): why the consumer failed.
    std::optional<Error> error() const { return error_; }

private:
    void run();
    // Returns false if there are no more messages, or no more are wanted.
    [[nodiscard]] bool take_next();
    // Returns false if no more messages are wanted.
    [[nodiscard]] bool write(ConsumedMessage message);
    // Requires the lock. Returns false if the output failed.
    [[nodiscard]] bool acknowledge();

    MessageSink& sink_;
    SignalWaiter& signals_;
    const bool acknowledges_;
    std::mutex mutex_;
    Consumer consumer_;
    bool stopped_ = false;                  // guarded by the mutex
    std::vector<ConsumedMessage> written_;  // and not acknowledged; guarded by the mutex
    std::optional<Error> error_;            // written by the thread
    std::thread thread_;
};

}  // namespace telex::cli
