#pragma once
// The pending requests and durable publications, by id and by deadline. No clock, no lock: the
// owner passes the time and guards the table.
#include "base/time.hpp"
#include <telex/error.hpp>
#include <telex/message.hpp>
#include <telex/options.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace telex::client {

// Ends a request or a durable publication. Called exactly once, on the I/O thread, without a lock.
class Completion {
public:
    using OnReply = std::function<void(Expected<Message>)>;
    using OnStored = std::function<void(Expected<StoredAt>)>;

    Completion() = default;

    template <class Function>
        requires(!std::same_as<Function, Completion> && std::constructible_from<OnReply, Function>)
    Completion(Function function) : on_reply_(std::move(function)) {}

    template <class Function>
        requires(!std::same_as<Function, Completion> && std::constructible_from<OnStored, Function> && !std::constructible_from<OnReply, Function>)
    Completion(Function function) : on_stored_(std::move(function)) {}

    explicit operator bool() const { return on_reply_ || on_stored_; }

    // A reply ends a request, StoredAt a durable publication.
    void operator()(Message reply) const {
        if (on_reply_) {
            on_reply_(std::move(reply));
        } else {
            fail({Errc::server_protocol_error, "a reply to a durable publication"});
        }
    }

    void operator()(StoredAt stored) const {
        if (on_stored_) {
            on_stored_(std::move(stored));
        } else {
            fail({Errc::server_protocol_error, "a request was stored"});
        }
    }

    void fail(Error error) const {
        if (on_reply_) {
            on_reply_(tl::unexpected(std::move(error)));
        } else {
            on_stored_(tl::unexpected(std::move(error)));
        }
    }

private:
    OnReply on_reply_;
    OnStored on_stored_;
};

class RequestTable {
public:
    std::size_t size() const { return pending_.size(); }

    // Returns the id of the new request, never zero.
    std::uint64_t add(TimePoint deadline, Completion completion) {
        const std::uint64_t id = ++last_id_;
        pending_.emplace(id, Pending{deadline, std::move(completion)});
        deadlines_.emplace(deadline, id);
        return id;
    }

    // Returns an empty one if the request is unknown: it was completed or has timed out.
    Completion take(std::uint64_t id) {
        const auto found = pending_.find(id);
        if (found == pending_.end()) {
            return {};
        }
        Completion completion = std::move(found->second.completion);
        deadlines_.erase({found->second.deadline, id});
        pending_.erase(found);
        return completion;
    }

    // Removes the requests whose deadline has passed, the earliest first.
    std::vector<Completion> take_expired(TimePoint now) {
        std::vector<Completion> expired;
        while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
            expired.push_back(take(deadlines_.begin()->second));
        }
        return expired;
    }

    std::vector<Completion> take_all() { return take_expired(TimePoint::max()); }

    std::optional<TimePoint> next_deadline() const {
        return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
    }

private:
    struct Pending {
        TimePoint deadline;
        Completion completion;
    };

    std::uint64_t last_id_ = 0;
    std::unordered_map<std::uint64_t, Pending> pending_;
    std::set<std::pair<TimePoint, std::uint64_t>> deadlines_;
};

}  // namespace telex::client
