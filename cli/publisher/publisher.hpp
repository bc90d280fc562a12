#pragma once
// Publishes the messages of `telex pub`, durably if asked to: a payload, some times, or each line
// of standard input.
#include "base/time.hpp"
#include "cli/messages/payload.hpp"
#include "cli/publisher/durable_outcomes.hpp"
#include "cli/publisher/pace.hpp"
#include "cli/terminal/progress.hpp"
#include "cli/terminal/signal_waiter.hpp"
#include <telex/client.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace telex::cli {

inline constexpr std::string_view kPubCommand = "pub";

// Of durable publications.
struct DurablePublishing {
    bool enabled = false;
    Format format = Format::text;
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<std::chrono::milliseconds> ttl;
    std::optional<std::uint64_t> expected_last_sequence;
    std::optional<std::uint64_t> expected_subject_sequence;
    RollUp roll_up = RollUp::none;
};

struct PublisherOptions {
    std::string subject;
    PayloadOptions payload;
    std::string reply;
    bool lines = false;
    bool is_template = false;  // payloads and header values have placeholders
    std::optional<std::uint64_t> count;
    std::optional<Pace> pace;
    DurablePublishing durable;
};

class Publisher {
public:
    // All must outlive the publisher. `type` may be null.
    Publisher(
        const PublisherOptions& options,
        Client& client,
        SignalWaiter& signals,
        const ProtoType* type
    );

    // Returns the exit code. So do the functions below; kOk means continue.
    int publish_all();

    std::uint64_t published() const { return published_; }

private:
    int publish_one_payload();
    int publish_lines();
    int publish_line(const std::string& line);
    int publish_template(const std::string& text);
    int publish(std::string_view payload);
    int send(std::string_view payload, const PublishOptions& message);
    int send_durably(std::string_view payload, const PublishOptions& message);
    int after_sending();
    int wait_for_turn();

    [[nodiscard]] Result<std::string, InputError> fill(std::string_view text, std::size_t& room);

    const PublisherOptions& options_;
    Client& client_;
    SignalWaiter& signals_;
    const ProtoType* type_;
    PublishOptions message_;
    DurableOutcomes outcomes_;
    Progress progress_;
    std::mt19937_64 random_{std::random_device{}()};
    TimePoint begin_ = Clock::now();
    std::uint64_t published_ = 0;
};

}  // namespace telex::cli
