// Random operations and restarts, compared with a naive model: publications in batches of all
// sizes, erasures, purges, limits, roll-ups, and time, so that blocks are released and deleted.
#include "match/random.hpp"
#include "unit/storage/running_engine.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace telex::storage {
namespace {

using test::message;
using test::RunningEngine;
using test::stream_config;

// The messages that a stream should have: subject and payload.
using Contents = std::map<std::uint64_t, std::pair<std::string, std::string>>;

struct ModelLimits {
    std::uint64_t messages = 0;
    std::uint64_t per_subject = 0;
};

class StreamModel {
public:
    explicit StreamModel(const ModelLimits& limits) : limits_(limits) {}

    void publish(const std::string& subject, const std::string& payload, bool rolls_up) {
        contents_[++last_] = {subject, payload};
        if (rolls_up) {
            keep_newest(subject, 1);
        }
        if (limits_.per_subject != 0) {
            keep_newest(subject, limits_.per_subject);
        }
        while (limits_.messages != 0 && contents_.size() > limits_.messages) {
            contents_.erase(contents_.begin());
        }
    }

    bool erase(std::uint64_t sequence) { return contents_.erase(sequence) > 0; }

    void purge(const std::string& subject, std::uint64_t keep) { keep_newest(subject, keep); }

    void purge_before(std::uint64_t sequence) {
        contents_.erase(contents_.begin(), contents_.lower_bound(sequence));
    }

    const Contents& contents() const { return contents_; }

    std::uint64_t last() const { return last_; }

private:
    void keep_newest(const std::string& subject, std::uint64_t count) {
        std::vector<std::uint64_t> found;
        for (const auto& [sequence, content] : contents_) {
            if (content.first == subject) {
                found.push_back(sequence);
            }
        }
        for (std::size_t i = 0; i + count < found.size(); ++i) {
            contents_.erase(found[i]);
        }
    }

    ModelLimits limits_;
    Contents contents_;
    std::uint64_t last_ = 0;
};

// The sequences that only one of both has; empty if they are equal.
std::string difference(const Contents& found, const Contents& expected) {
    std::string text;
    for (const auto& [sequence, content] : found) {
        if (!expected.contains(sequence) || expected.at(sequence) != content) {
            text += " +" + std::to_string(sequence);
        }
    }
    for (const auto& [sequence, content] : expected) {
        if (!found.contains(sequence)) {
            text += " -" + std::to_string(sequence);
        }
    }
    return text;
}

class EngineModel : public testing::TestWithParam<int> {
protected:
    static ModelLimits limits_of(int seed) {
        switch (seed % 4) {
            case 0:
                return {};
            case 1:
                return {.messages = 700};
            case 2:
                return {.per_subject = 3};
            default:
                return {.messages = 400, .per_subject = 100};
        }
    }

    EngineModel()
        : limits(limits_of(GetParam())),
          model(limits),
          random(static_cast<std::uint64_t>(GetParam())) {
        v1::StreamConfig config = stream_config("s", {"a.*"});
        config.set_max_messages(limits.messages);
        config.set_max_per_subject(limits.per_subject);
        config.set_allow_roll_up(GetParam() % 8 >= 4);
        config.set_duplicate_window_ms(1'000);
        stream = running.create(config);
        rolls_up = config.allow_roll_up();
    }

    std::string subject() {
        std::string name = "a.";
        name += std::to_string(random.below(6));
        return name;
    }

    void publish() {
        const std::uint64_t count = random.below(4) == 0 ? random.below(600) + 1 : 1;
        const bool roll_up = rolls_up && random.below(20) == 0;
        std::vector<v1::Message> batch;
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::string payload = std::to_string(model.last() + 1);
            v1::Message sent = message(subject(), payload);
            if (random.below(3) == 0) {
                sent.set_id("id-" + payload);
            }
            sent.set_roll_up(roll_up ? v1::ROLL_UP_SUBJECT : v1::ROLL_UP_NONE);
            model.publish(sent.subject(), payload, roll_up);
            batch.push_back(std::move(sent));
        }
        const auto number = running.shard().offer(running.engine(), stream, batch);
        ASSERT_EQ(running.shard().decisions(number).back().sequence, model.last());
        if (random.below(2) == 0) {
            ASSERT_EQ(running.shard().committed(number), v1::ERROR_CODE_UNSPECIFIED);
        }
    }

    void erase() {
        const std::uint64_t sequence = random.below(model.last() + 2) + 1;
        const bool present = model.contents().contains(sequence);
        ASSERT_EQ(running.engine().erase("", "s", sequence).has_value(), present) << sequence;
        model.erase(sequence);
    }

    void purge() {
        if (random.below(2) == 0) {
            const std::string filter = subject();
            const std::uint64_t keep = random.below(3);
            ASSERT_TRUE(running.engine().purge("", "s", {.filter = filter, .keep = keep}));
            model.purge(filter, keep);
        } else {
            const std::uint64_t before = random.below(model.last() + 2) + 1;
            ASSERT_TRUE(running.engine().purge("", "s", {.filter = {}, .before = before}));
            model.purge_before(before);
        }
    }

    void step() {
        switch (random.below(12)) {
            case 0:
            case 1:
            case 2:
                return erase();
            case 3:
                return random.below(3) == 0 ? purge() : erase();
            case 4:
                running.clock.advance(std::chrono::milliseconds(random.below(3'000)));
                return running.turn();
            case 5:
                return running.restart();
            default:
                return publish();
        }
    }

    // Reads all messages.
    void compare() {
        Contents found;
        v1::GetStreamMessage request;
        request.set_stream("s");
        request.set_count(1'000);
        for (std::uint64_t from = 1; from <= model.last(); from = request.from()) {
            request.set_from(from);
            const v1::StreamMessages reply = running.engine().get("", request);
            ASSERT_EQ(reply.error().text(), "");
            for (const v1::StreamMessage& read : reply.messages()) {
                found[read.sequence()] = {read.message().subject(), read.message().payload()};
            }
            if (reply.messages().empty()) {
                break;
            }
            request.set_from(reply.next_sequence());
        }
        ASSERT_EQ(difference(found, model.contents()), "");
        const v1::StreamInfo info = running.info("s");
        ASSERT_EQ(info.messages(), model.contents().size());
        ASSERT_EQ(info.last_sequence(), model.last());
    }

    // All that was decided is committed then.
    void settle() {
        const auto number = running.shard().offer(running.engine(), stream, {});
        running.shard().committed(number);
    }

    RunningEngine running;
    ModelLimits limits;
    StreamModel model;
    match::SplitMix64 random;
    exchange::StreamNumber stream = 0;
    bool rolls_up = false;
};

TEST_P(EngineModel, HasTheSameMessages) {
    for (int i = 0; i < 80 && !HasFatalFailure(); ++i) {
        step();
        if (i % 10 == 9) {
            settle();
            compare();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, EngineModel, testing::Range(1, 13));

}  // namespace
}  // namespace telex::storage
