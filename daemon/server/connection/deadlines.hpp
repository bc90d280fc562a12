#pragma once
// A set of keys with due times, the earliest first. Has no clock: time is passed in.
//
// Owner and thread: one reactor's.
#include "base/time.hpp"

#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace telex::server {

template <class Key>
class Deadlines {
public:
    // Sets or moves the time of `key`. Returns true if nothing is due earlier.
    bool set(Key key, TimePoint time) {
        forget(key);
        const auto added = order_.emplace(time, key);
        places_.emplace(key, added);
        return added == order_.begin();
    }

    void forget(Key key) {
        const auto place = places_.find(key);
        if (place != places_.end()) {
            order_.erase(place->second);
            places_.erase(place);
        }
    }

    // Returns nothing if the set is empty.
    [[nodiscard]] std::optional<TimePoint> earliest() const {
        return order_.empty() ? std::nullopt : std::optional(order_.begin()->first);
    }

    // Removes and returns the key with the earliest time, if it is due at `now`.
    [[nodiscard]] std::optional<Key> take_due(TimePoint now) {
        if (order_.empty() || order_.begin()->first > now) {
            return std::nullopt;
        }
        Key key = order_.begin()->second;
        forget(key);
        return key;
    }

private:
    using Order = std::multimap<TimePoint, Key>;

    Order order_;
    std::unordered_map<Key, typename Order::iterator> places_;
};

}  // namespace telex::server
