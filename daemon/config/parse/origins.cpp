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

// `is_part`: of the rest of a path that begins with `path`.
template <class Test>
const Setting* Origins::first_secret(const std::string& path, Test is_part) const {
    for (auto at = settings_.lower_bound(path);
         at != settings_.end() && at->first.starts_with(path);
         ++at) {
        const std::string_view rest = std::string_view(at->first).substr(path.size());
        if (at->second.secret && is_part(rest)) {
            return &at->second;
        }
    }
    return nullptr;
}

const Setting* Origins::secret_at(const std::string& path) const {
    return first_secret(path, [](std::string_view rest) {
        return rest.empty() || (rest.front() == '[' && rest.find('.') == std::string_view::npos);
    });
}

const Setting* Origins::secret_below(const std::string& path) const {
    return first_secret(path, [](std::string_view rest) {
        return rest.empty() || rest.front() == '[' || rest.front() == '.';
    });
}

std::string Origins::shown(const std::string& path, const std::string& text) const {
    const Setting* const secret = secret_at(path);
    return secret == nullptr ? text : secret->shown;
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
