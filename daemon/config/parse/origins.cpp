#include "config/parse/origins.hpp"

#include <fmt/format.h>

namespace telex::config {

namespace {

// "listeners[0].limits" of "listeners[0].limits.max_frame", "listeners" of "listeners[0]".
std::string_view parent_of(std::string_view path) {
    const std::size_t end = path.find_last_of(".[");
    return path.substr(0, end == std::string_view::npos ? 0 : end);
}

}  // namespace

void Origins::set(const std::string& path, Position key, Position value) {
    places_[path] = {key, value};
}

bool Origins::good(std::string_view path) const {
    for (; !path.empty(); path = parent_of(path)) {
        if (failed_.contains(path)) {
            return false;
        }
    }
    return true;
}

const Origins::Place& Origins::nearest(std::string_view path) const {
    static const Place kStart{{1, 1}, {1, 1}};
    for (; !path.empty(); path = parent_of(path)) {
        const auto found = places_.find(path);
        if (found != places_.end()) {
            return found->second;
        }
    }
    return kStart;
}

Position Origins::value_of(std::string_view path) const {
    return nearest(path).value;
}

Position Origins::key_of(std::string_view path) const {
    return nearest(path).key;
}

std::string join(std::string_view path, std::string_view key) {
    return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string item(std::string_view path, std::size_t index) {
    return fmt::format("{}[{}]", path, index);
}

}  // namespace telex::config
