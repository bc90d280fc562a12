// Random consumers of a stream: members that come and go, acknowledge, refuse or forget; commits,
// crashes and time. The oracle checks each output; at the end, everything is settled.
#include "consumer_oracle.hpp"
#include "simulation_seeds.hpp"
#include "streams/interest.hpp"
#include "streams/stream_state.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace telex::streams::test {
namespace {

using namespace std::chrono_literals;

// Seeds that failed, with their cause.
std::vector<std::uint64_t> failed_consumer_seeds() {
    return {
        128,    // the oracle did not allow for deadlines that are rounded up
        1176,   // pulls of other members took the last place, and the owner of a key got none
        9873,   // the oracle took a terminated record as held
        12392,  // the check at the end came before the last call of settle_before()
    };
}

constexpr int kConsumerSteps = 1'200;
constexpr MemberId kMembers = 4;

ConsumerOptions random_consumer(Dice& dice, Retention retention, std::size_t number) {
    ConsumerOptions options{.name = "C" + std::to_string(number)};
    const bool workqueue = retention == Retention::workqueue;
    if (workqueue) {
        options.filters = {number == 0 ? "a.>" : "b"};
    } else if (dice.one_in(2)) {
        options.filters = {"a.*"};
    }
    options.ack = workqueue || !dice.one_in(3) ? AckPolicy::each
                  : dice.one_in(2)             ? AckPolicy::all
                                               : AckPolicy::none;
    if (!workqueue && retention == Retention::limits && dice.one_in(4)) {
        options.start = StartPolicy::last_per_subject;
    }
    options.max_in_flight = static_cast<std::uint32_t>(1 + dice.below(20));
    options.max_pulls = 8;
    options.ack_wait = 1ms * (10 + dice.below(30'000));
    if (options.ack == AckPolicy::each) {
        if (dice.one_in(3)) {
            options.back_off = {100ms, 2s};
        }
        options.key_affinity = dice.one_in(2);
        if (options.key_affinity) {
            options.max_in_flight_per_key =
                static_cast<std::uint32_t>(1 + dice.below(std::min(options.max_in_flight, 3U)));
        }
    }
    if (options.ack != AckPolicy::none && dice.one_in(2)) {
        options.max_deliveries = static_cast<std::uint32_t>(2 + dice.below(3));
        options.dead_letter_subject = dice.one_in(2) ? "dead" : "";
    }
    return options;
}

struct SimulatedConsumer {
    explicit SimulatedConsumer(ConsumerOptions chosen)
        : options(std::move(chosen)), filter(options.filters, 3), oracle(options) {}

    ConsumerOptions options;
    ConsumerFilter filter;
    ConsumerOracle oracle;
    std::unique_ptr<ConsumerState> state;
    std::string stored;  // the last snapshot on the disk
    ConsumerImage image;
    bool image_waits = false;
    std::vector<Sequence> dead;  // dead letters that are not stored
};

class ConsumerWorld {
public:
    explicit ConsumerWorld(std::uint64_t seed) : dice_(seed) {
        options_.name = "S";
        options_.subjects = {"a.>", "b"};
        const auto kind = dice_.below(3);
        options_.retention = kind == 0   ? Retention::limits
                             : kind == 1 ? Retention::workqueue
                                         : Retention::interest;
        if (options_.retention == Retention::limits && dice_.one_in(2)) {
            options_.max_messages = 20 + dice_.below(50);
        }
        options_.duplicate_window = std::nullopt;
        EXPECT_TRUE(check(options_).empty());
        stream_ = std::make_unique<StreamState>(options_, StateBounds{});
        for (std::size_t i = 0, count = 1 + dice_.below(2); i < count; ++i) {
            consumers_.push_back(
                std::make_unique<SimulatedConsumer>(random_consumer(dice_, options_.retention, i))
            );
            const auto problems = check(consumers_.back()->options, options_);
            EXPECT_TRUE(problems.empty()) << problems.front().setting << problems.front().text;
        }
        for (int i = 0; i < 5; ++i) {
            publish();
        }
        for (auto& consumer : consumers_) {
            create(*consumer);
        }
        commit(true);
    }

    void step() {
        SimulatedConsumer& consumer = *consumers_[dice_.below(consumers_.size())];
        switch (dice_.below(20)) {
            case 0:
                pass_time();
                break;
            case 1:
                commit(false);
                break;
            case 2:
                dice_.one_in(6) ? crash() : commit(false);
                break;
            case 3:
                member_event(consumer);
                break;
            case 4:
            case 5:
                pull(consumer);
                break;
            case 6:
            case 7:
            case 8:
                publish();
                break;
            case 9:
                odd_event(consumer);
                break;
            case 10:
            case 11:
            case 12:
                pump(consumer);
                break;
            default:
                outcome(consumer);
        }
        EXPECT_LE(consumer.state->in_flight(), consumer.options.max_in_flight);
    }

    // Members that acknowledge all: each record that a consumer wants is settled in the end.
    void drain() {
        for (int round = 0; round < 3'000 && !is_drained(); ++round) {
            now_ += 7s;
            for (auto& consumer : consumers_) {
                drain_round(*consumer);
            }
            commit(true);
        }
        EXPECT_TRUE(is_drained());
        settle_floor();
        for (const auto& [sequence, content] : contents_) {
            for (auto& consumer : consumers_) {
                expect_settled(*consumer, sequence, content);
            }
        }
    }

private:
    void create(SimulatedConsumer& consumer) {
        consumer.state = std::make_unique<ConsumerState>(
            consumer.options, start_of(consumer.options, stream_->records()), now_
        );
    }

    std::vector<InterestedConsumer> interested() const {
        std::vector<InterestedConsumer> all;
        all.reserve(consumers_.size());
        for (const auto& consumer : consumers_) {
            all.push_back({consumer->state.get(), &consumer->filter});
        }
        return all;
    }

    void publish() {
        static const std::vector<std::string> kSubjects = {"a.1", "a.2", "a.3.x", "b"};
        const std::string subject = dice_.pick(kSubjects);
        Removals removals;
        const Offer offer{
            .subject = subject, .bytes = 10, .wanted = is_wanted(subject, interested())
        };
        const auto placed = stream_->decide(offer, Time(now_.time_since_epoch()), removals);
        ASSERT_TRUE(placed);
        if (placed->stored) {
            contents_[placed->sequence] = {subject, 1 + dice_.below(4)};
        }
        apply(removals);
    }

    void apply(const Removals& removals) {
        ConsumerOutput out;
        for (auto& consumer : consumers_) {
            if (!consumer->state) {
                continue;
            }
            out.clear();
            for (const Sequence hole : removals.holes) {
                consumer->state->forget(hole, out);
            }
            if (removals.first != kNoSequence) {
                consumer->state->forget_before(removals.first, out);
            }
            for (const SettledRecord& settled : out.settled) {
                EXPECT_FALSE(settled.removable);
                consumer->oracle.settled(settled.sequence);
            }
        }
    }

    void take(SimulatedConsumer& consumer, const ConsumerOutput& out) {
        for (const EndedPull& end : out.ended) {
            consumer.oracle.ended(end);
        }
        for (const Delivery& delivery : out.deliveries) {
            take_delivery(consumer, delivery);
        }
        for (const DeadLetter& dead : out.dead_letters) {
            const bool at_end = dead.attempts == consumer.options.max_deliveries;
            EXPECT_TRUE(at_end || dead.reason == DeadReason::terminated);
            consumer.dead.push_back(dead.sequence);
        }
        for (const SettledRecord& settled : out.settled) {
            take_settled(consumer, settled);
        }
    }

    void take_delivery(SimulatedConsumer& consumer, const Delivery& delivery) {
        Sequence sequence = delivery.first;
        for (std::uint32_t i = 0; i < delivery.count; ++i) {
            while (i > 0 && !wants(consumer, sequence)) {
                sequence = stream_->records().ledger().next(sequence + 1);
                ASSERT_NE(sequence, kNoSequence);
            }
            ASSERT_TRUE(contents_.contains(sequence));
            ASSERT_TRUE(stream_->records().contains(sequence));
            EXPECT_TRUE(consumer.filter.selects(contents_[sequence].subject));
            consumer.oracle.delivered(sequence, contents_[sequence], delivery, now_);
            if (i + 1 < delivery.count) {
                sequence = stream_->records().ledger().next(sequence + 1);
                ASSERT_NE(sequence, kNoSequence);
            }
        }
    }

    void take_settled(SimulatedConsumer& consumer, const SettledRecord& settled) {
        consumer.oracle.settled(settled.sequence);
        if (!settled.removable) {
            abandoned_.insert(settled.sequence);
            return;
        }
        const Content& content = contents_[settled.sequence];
        const bool needed = options_.retention == Retention::interest &&
                            is_needed(settled.sequence, content.subject, interested());
        if (!needed) {
            Removals removals;
            stream_->settle(settled.sequence, settled.subject, removals);
            apply(removals);
        }
    }

    // Records below the floors of all consumers, also those that no filter selects.
    void settle_floor() {
        if (options_.retention == Retention::interest) {
            Removals removals;
            stream_->settle_before(needed_from(interested(), stream_->last()), removals);
            apply(removals);
        }
    }

    bool wants(const SimulatedConsumer& consumer, Sequence sequence) const {
        const auto content = contents_.find(sequence);
        if (content == contents_.end() || !consumer.filter.selects(content->second.subject)) {
            return false;
        }
        return sequence > consumer.state->newest_only_until() ||
               stream_->records().last_of(content->second.subject).sequence == sequence;
    }

    void pump(SimulatedConsumer& consumer) {
        ConsumerOutput out;
        consumer.state->redeliver(now_, out);
        take(consumer, out);
        out.clear();
        std::vector<Candidate> found;
        const std::size_t most = consumer.state->room() + dice_.below(3);
        Sequence at = stream_->records().ledger().next(consumer.state->cursor());
        while (at != kNoSequence && found.size() < most) {
            if (wants(consumer, at)) {
                const Content& content = contents_[at];
                found.push_back({at, content.key, stream_->records().find_subject(content.subject)}
                );
            }
            at = stream_->records().ledger().next(at + 1);
        }
        const std::size_t used = consumer.state->offer(found, now_, out);
        take(consumer, out);
        if (used == found.size() && at == kNoSequence) {
            consumer.state->skip_to(stream_->last());
            out.clear();
            consumer.state->end_no_wait(out);
            take(consumer, out);
        }
        settle_floor();
    }

    MemberId random_member() { return static_cast<MemberId>(1 + dice_.below(kMembers)); }

    void pull(SimulatedConsumer& consumer) {
        Pull pull{.id = ++pulls_, .credit = static_cast<std::uint32_t>(1 + dice_.below(5))};
        pull.no_wait = dice_.one_in(3);
        if (dice_.one_in(2)) {
            pull.expires = now_ + 1ms * dice_.below(5'000);
        }
        const MemberId member = random_member();
        if (consumer.state->pull(member, pull, now_)) {
            consumer.oracle.pulled(member, pull.credit);
        } else {
            EXPECT_GE(consumer.state->members().pulls(), consumer.options.max_pulls);
        }
    }

    void member_event(SimulatedConsumer& consumer) {
        const MemberId member = random_member();
        if (dice_.one_in(2)) {
            consumer.state->join(member, now_);
            return;
        }
        ConsumerOutput out;
        consumer.state->leave(member, now_, out);
        consumer.oracle.left(member, now_);
        take(consumer, out);
    }

    void outcome(SimulatedConsumer& consumer) {
        const auto& held = consumer.oracle.held();
        if (held.empty()) {
            return;
        }
        const auto chosen =
            std::next(held.begin(), static_cast<std::ptrdiff_t>(dice_.below(held.size())));
        const Sequence sequence = chosen->first;
        ConsumerOutput out;
        switch (dice_.below(8)) {
            case 0:
                if (consumer.state->nak(sequence, std::nullopt, now_, out)) {
                    const auto& back_off = consumer.options.back_off;
                    const std::size_t attempt = chosen->second.attempt;
                    consumer.oracle.failed(
                        sequence,
                        now_ + (back_off.empty() ? Duration{}
                                                 : back_off[std::min(attempt, back_off.size()) - 1])
                    );
                }
                break;
            case 1: {
                const Duration delay = 1ms * dice_.below(3'000);
                if (consumer.state->nak(sequence, delay, now_, out)) {
                    consumer.oracle.failed(sequence, now_ + delay);
                }
                break;
            }
            case 2:
                if (consumer.state->in_progress(sequence, now_)) {
                    consumer.oracle.extended(sequence, now_);
                }
                break;
            case 3:
                if (dice_.one_in(4) && consumer.state->term(sequence, now_, out)) {
                    consumer.oracle.failed(sequence, TimePoint::max());
                }
                break;
            default:
                consumer.state->ack(sequence, now_, out);
        }
        take(consumer, out);
    }

    // Late acknowledgements, dead letters, pauses, erasure.
    void odd_event(SimulatedConsumer& consumer) {
        ConsumerOutput out;
        Removals removals;
        switch (dice_.below(6)) {
            case 0:
                consumer.state->ack(1 + dice_.below(stream_->last()), now_, out);
                break;
            case 1:
                if (dice_.one_in(5)) {
                    consumer.state->pause(now_ + 1s * dice_.below(20));
                }
                break;
            case 2: {
                const Sequence sequence = 1 + dice_.below(stream_->last());
                if (const auto content = contents_.find(sequence); content != contents_.end()) {
                    stream_->erase(sequence, content->second.subject, removals);
                    apply(removals);
                }
                break;
            }
            default:
                store_dead_letters(consumer, out);
        }
        take(consumer, out);
    }

    static void store_dead_letters(SimulatedConsumer& consumer, ConsumerOutput& out) {
        for (const Sequence sequence : std::exchange(consumer.dead, {})) {
            consumer.state->dead_letter_stored(sequence, out);
        }
    }

    void pass_time() {
        now_ += dice_.one_in(3) ? Duration(1s * dice_.below(20)) : Duration(1ms * dice_.below(400));
        for (auto& consumer : consumers_) {
            expire(*consumer);
        }
    }

    void expire(SimulatedConsumer& consumer) {
        ConsumerOutput out;
        consumer.state->expire(now_, out);
        take(consumer, out);
        EXPECT_GT(consumer.state->next_deadline(), now_) << "expire() left work";
    }

    void commit(bool with_snapshots) {
        for (auto& consumer : consumers_) {
            if (with_snapshots || dice_.one_in(2)) {
                consumer->image = consumer->state->snapshot(now_);
                consumer->stored = encode(consumer->image);
                const auto decoded = decode(consumer->stored);
                ASSERT_TRUE(decoded);
                EXPECT_EQ(*decoded, consumer->image);
                consumer->oracle.snapshot_taken();
                consumer->oracle.snapshot_stored();
                consumer->state->snapshot_stored(consumer->image);
            }
        }
        disk_ = contents_;
        std::erase_if(disk_, [&](const auto& entry) {
            return !stream_->records().contains(entry.first);
        });
        contents_ = disk_;
        disk_last_ = stream_->last();
    }

    void crash() {
        contents_ = disk_;
        stream_ = std::make_unique<StreamState>(options_, StateBounds{});
        for (const auto& [sequence, content] : contents_) {
            const RecordFacts facts{.sequence = sequence, .subject = content.subject, .bytes = 10};
            stream_->restore_newer(facts, Time{});
        }
        Removals removals;
        stream_->finish_restore(disk_last_, removals);
        now_ += 1s;
        for (auto& consumer : consumers_) {
            restore(*consumer);
        }
        settle_floor();
    }

    void restore(SimulatedConsumer& consumer) {
        const auto image = decode(consumer.stored);
        ASSERT_TRUE(image);
        std::vector<Candidate> records;
        records.reserve(contents_.size());
        for (const auto& [sequence, content] : contents_) {
            records.push_back(
                {sequence, content.key, stream_->records().find_subject(content.subject)}
            );
        }
        consumer.state = std::make_unique<ConsumerState>(consumer.options, *image, records, now_);
        consumer.oracle.restart();
        consumer.dead.clear();
        expire(consumer);
    }

    void drain_round(SimulatedConsumer& consumer) {
        expire(consumer);
        pump(consumer);
        for (MemberId member = 1; member <= kMembers; ++member) {
            if (consumer.state->members().credit_of(member) == 0 &&
                consumer.state->pull(member, {.id = ++pulls_, .credit = 10}, now_)) {
                consumer.oracle.pulled(member, 10);
            }
        }
        pump(consumer);
        ConsumerOutput out;
        store_dead_letters(consumer, out);
        std::vector<Sequence> held;
        for (const auto& [sequence, record] : consumer.oracle.held()) {
            held.push_back(sequence);
        }
        for (const Sequence sequence : held) {
            consumer.state->ack(sequence, now_, out);
        }
        take(consumer, out);
    }

    bool is_drained() const {
        for (const auto& consumer : consumers_) {
            if (consumer->state->floor() != stream_->last()) {
                return false;
            }
        }
        return true;
    }

    void expect_settled(
        const SimulatedConsumer& consumer, Sequence sequence, const Content& content
    ) const {
        const bool selected = consumer.filter.selects(content.subject);
        if (selected && consumer.options.start == StartPolicy::all) {
            EXPECT_TRUE(consumer.oracle.is_settled(sequence)) << sequence;
        }
        if (selected && options_.retention != Retention::limits) {
            EXPECT_TRUE(
                !stream_->records().contains(sequence) || abandoned_.contains(sequence) ||
                consumer.options.ack == AckPolicy::none
            ) << sequence
              << " is kept";
        }
    }

    Dice dice_;
    StreamOptions options_;
    std::unique_ptr<StreamState> stream_;
    std::vector<std::unique_ptr<SimulatedConsumer>> consumers_;
    std::map<Sequence, Content> contents_;
    std::map<Sequence, Content> disk_;
    Sequence disk_last_ = kNoSequence;
    std::set<Sequence> abandoned_;  // given up by a consumer without a dead letter
    TimePoint now_{1h};
    std::uint64_t pulls_ = 0;
};

TEST(ConsumerSimulation, KeepsItsPromises) {
    for (const std::uint64_t seed : seeds_to_run(40, failed_consumer_seeds())) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        ConsumerWorld world(seed);
        for (int step = 0; step < kConsumerSteps; ++step) {
            world.step();
            if (testing::Test::HasFailure()) {
                FAIL() << "at step " << step;
            }
        }
        world.drain();
        if (testing::Test::HasFailure()) {
            FAIL() << "while draining";
        }
    }
}

}  // namespace
}  // namespace telex::streams::test
