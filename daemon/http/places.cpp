#include "http/places.hpp"

#include <utility>

namespace telex::http {

std::optional<int> Places::enter(int fd, std::string source, TimePoint deadline) {
    Order& order = order_of_[source];
    const auto turn = order.insert(order.end(), fd);
    places_.insert_or_assign(
        fd, Place{.source = std::move(source), .deadline = deadline, .turn = turn}
    );
    ++staying_;
    return staying_ > most_ ? displace_for(fd) : std::nullopt;
}

void Places::begin_phase(int fd, TimePoint deadline) {
    const auto found = places_.find(fd);
    if (found == places_.end() || !found->second.turn) {
        return;
    }
    found->second.deadline = deadline;
    Order& order = order_of_[found->second.source];
    order.splice(order.end(), order, *found->second.turn);
}

void Places::leave(int fd) {
    const auto found = places_.find(fd);
    if (found != places_.end()) {
        take_turn_from(found->second);
        places_.erase(found);
    }
}

std::vector<int> Places::overdue(TimePoint now) const {
    std::vector<int> late;
    for (const auto& [fd, place] : places_) {
        if (now >= place.deadline) {
            late.push_back(fd);
        }
    }
    return late;
}

std::optional<int> Places::displace_for(int newcomer) {
    const Order* largest = nullptr;
    for (const auto& [source, order] : order_of_) {
        if (order.front() != newcomer && (largest == nullptr || order.size() > largest->size())) {
            largest = &order;
        }
    }
    if (largest == nullptr) {
        return std::nullopt;
    }
    const int displaced = largest->front();
    take_turn_from(places_.at(displaced));
    return displaced;
}

void Places::take_turn_from(Place& place) {
    if (!place.turn) {
        return;
    }
    const auto order = order_of_.find(place.source);
    order->second.erase(*place.turn);
    if (order->second.empty()) {
        order_of_.erase(order);
    }
    place.turn.reset();
    --staying_;
}

}  // namespace telex::http
