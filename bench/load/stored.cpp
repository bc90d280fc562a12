// Each publisher sends as many publications as its window allows, and then waits for
// acknowledgements: with a window of 1, the time of each is the time of one durable publication.
#include "handshake.hpp"
#include "load.hpp"
#include "socket.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

namespace telex::bench {

namespace {

using Clock = std::chrono::steady_clock;

class StoredPublisher {
public:
    StoredPublisher(const Load& load, std::size_t number)
        : load_(load), socket_(load.target), buffer_(std::size_t{256} * 1024) {
        const std::string subject = "stored." + std::to_string(number % load.subjects);
        const std::string payload(load.size, 'x');
        // As long as the names that libraries make.
        const std::string inbox = "_INBOX.0123456789abcdefghijkl." + std::to_string(number);
        ends_.reserve(load.window);
        for (std::size_t i = 1; i <= load.window; ++i) {
            messages_ += load.protocol.store(subject, payload, {inbox, i});
            ends_.push_back(messages_.size());
        }
        greet_to_store(load.protocol, socket_, inbox);
    }

    void run() {
        std::size_t sent = 0;
        while (acknowledged_ < load_.messages) {
            const auto begin = Clock::now();
            const std::size_t free = load_.window - (sent - acknowledged_);
            sent += send(sent, std::min(free, load_.messages - sent));
            receive();
            if (load_.window == 1) {
                took_.push_back(
                    std::chrono::duration<double, std::micro>(Clock::now() - begin).count()
                );
            }
        }
    }

    const std::vector<double>& took() const { return took_; }

private:
    // Returns how many were sent: up to the end of the prepared ones.
    std::size_t send(std::size_t sent, std::size_t count) const {
        const std::size_t first = sent % load_.window;
        const std::size_t some = std::min(count, load_.window - first);
        if (some > 0) {
            const std::size_t begin = first == 0 ? 0 : ends_[first - 1];
            socket_.send_all(
                std::string_view(messages_).substr(begin, ends_[first + some - 1] - begin)
            );
        }
        return some;
    }

    // At least one acknowledgement.
    void receive() {
        for (const std::size_t before = acknowledged_; acknowledged_ == before;) {
            filled_ += socket_.receive(buffer_.data() + filled_, buffer_.size() - filled_);
            std::string_view received(buffer_.data(), filled_);
            acknowledged_ += load_.protocol.take_stored(received);
            std::memmove(buffer_.data(), received.data(), received.size());
            filled_ = received.size();
        }
    }

    const Load& load_;
    Socket socket_;
    std::string messages_;           // a window of them
    std::vector<std::size_t> ends_;  // of each
    std::vector<char> buffer_;
    std::size_t filled_ = 0;
    std::size_t acknowledged_ = 0;
    std::vector<double> took_;
};

}  // namespace

StoredTimes run_stored(const Load& load) {
    std::vector<std::unique_ptr<StoredPublisher>> publishers;
    publishers.reserve(load.publishers);
    for (std::size_t i = 0; i < load.publishers; ++i) {
        publishers.push_back(std::make_unique<StoredPublisher>(load, i));
    }
    const auto begin = Clock::now();
    std::vector<std::thread> threads;
    threads.reserve(load.publishers);
    for (const auto& publisher : publishers) {
        threads.emplace_back([&publisher] { publisher->run(); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    StoredTimes times{std::chrono::duration<double>(Clock::now() - begin).count(), {}};
    for (const auto& publisher : publishers) {
        times.microseconds.insert(
            times.microseconds.end(), publisher->took().begin(), publisher->took().end()
        );
    }
    return times;
}

}  // namespace telex::bench
