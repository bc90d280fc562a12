#include "storage/consumer_mail.hpp"

#include <utility>

namespace telex::storage {

void ConsumerMail::add(ConsumerCall call) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) {
            return;
        }
        calls_.push_back(std::move(call));
        if (calls_.size() > 1) {
            return;
        }
    }
    wake_();
}

void ConsumerMail::take(std::vector<ConsumerCall>& calls) {
    const std::lock_guard lock(mutex_);
    std::swap(calls, calls_);
}

void ConsumerMail::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
}

}  // namespace telex::storage
