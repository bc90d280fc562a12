// A libtelex client that survives restarts: publishes numbers to itself, flushes after each
// hundred, and reports at the end how many confirmed numbers did not arrive. Usage: moving_client
// URL; ends with its standard input.
//
//   connected                                  (each time)
//   confirmed=N missing=N reconnects=N         (at the end)
#include <telex/telex.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kBatch = 100;

class Received {
public:
    void add(std::uint64_t number) {
        const std::scoped_lock lock(mutex_);
        numbers_.insert(number);
    }

    std::uint64_t missing(const std::vector<std::uint64_t>& confirmed) {
        const std::scoped_lock lock(mutex_);
        std::uint64_t count = 0;
        for (const std::uint64_t number : confirmed) {
            count += numbers_.contains(number) ? 0U : 1U;
        }
        return count;
    }

private:
    std::mutex mutex_;
    std::set<std::uint64_t> numbers_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        return 64;
    }
    std::atomic<bool> over{false};
    std::atomic<std::uint64_t> connects{0};
    Received received;
    telex::ClientOptions options;
    options.servers = {argv[1]};
    options.name = "moving";
    options.reconnect.initial_delay = 1ms;
    options.on_connected = [&](const telex::ServerInfo&) {
        ++connects;
        std::cout << "connected" << std::endl;
    };
    auto client = telex::Client::connect(options);
    if (!client) {
        std::cerr << telex::to_string(client.error()) << '\n';
        return 69;
    }
    const auto subscription =
        client->subscribe("moving.numbers", [&](const telex::Message& message) {
            received.add(std::stoull(message.payload));
        });
    if (!subscription) {
        std::cerr << telex::to_string(subscription.error()) << '\n';
        return 69;
    }
    std::thread waiter([&] {
        std::string line;
        while (std::getline(std::cin, line)) {
        }
        over = true;
    });
    std::vector<std::uint64_t> confirmed;
    std::uint64_t next = 0;
    while (!over) {
        const std::uint64_t first = next;
        bool accepted = true;
        for (; next < first + kBatch; ++next) {
            accepted = client->publish("moving.numbers", std::to_string(next)) && accepted;
        }
        if (client->flush(30s) && accepted) {
            for (std::uint64_t number = first; number < next; ++number) {
                confirmed.push_back(number);
            }
        }
    }
    waiter.join();
    // Messages in flight arrive before drain() returns.
    const bool drained = client->drain().has_value();
    std::cout << "confirmed=" << confirmed.size() << " missing=" << received.missing(confirmed)
              << " reconnects=" << connects - 1 << std::endl;
    return drained ? 0 : 1;
}
