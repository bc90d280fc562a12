#include "sd/socket_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace telex::sd {

namespace {

using namespace std::string_view_literals;

// A stored name is "kept LISTENER ADDRESS" and, for a socket file, " DEVICE.INODE" in hexadecimal:
// what the path led to when the socket was bound.
constexpr std::string_view kPrefix = "kept ";
constexpr std::chrono::seconds kManagerLetsGoWithin{5};

bool has_store() {
    const char* const most = std::getenv("FDSTORE");
    return most != nullptr && std::strtol(most, nullptr, 10) > 0;
}

// Names may not have ":" nor anything but ASCII, and ours are split at spaces.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || "/._-@*[]"sv.find(c) != std::string_view::npos;
        out += plain ? std::string(1, c)
                     : fmt::format("%{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
    return out;
}

std::string name_of(const Place& place) {
    return fmt::format(
        "{}{} {}", kPrefix, escaped(place.listener), escaped(net::to_string(place.address))
    );
}

std::string name_of(const Place& place, const net::Bound& socket) {
    std::string name = name_of(place);
    if (socket.guard) {
        const net::FileId file = socket.guard->file();
        name += fmt::format(" {:x}.{:x}", file.device, file.number);
    }
    return name;
}

// `name` is one of the place, whatever its file.
bool is_of(std::string_view name, std::string_view place) {
    return name.starts_with(place) && (name.size() == place.size() || name[place.size()] == ' ');
}

// Returns zero without a file, or if it is not one of ours.
net::FileId file_in(std::string_view name, std::string_view place) {
    name.remove_prefix(std::min(place.size() + 1, name.size()));
    const std::size_t dot = std::min(name.find('.'), name.size());
    net::FileId file;
    std::from_chars(name.data(), name.data() + dot, file.device, 16);
    std::from_chars(
        name.data() + std::min(dot + 1, name.size()), name.data() + name.size(), file.number, 16
    );
    return file;
}

}  // namespace

SocketStore::SocketStore(PassedSockets passed, Notifier& notifier)
    : passed_(std::move(passed)),
      notifier_(notifier.enabled() && has_store() ? &notifier : nullptr) {}

std::vector<std::string> SocketStore::kept_names() const {
    auto names = passed_.names();
    std::erase_if(names, [](const std::string& name) { return !name.starts_with(kPrefix); });
    return names;
}

void SocketStore::forget_all_but(const std::vector<Place>& places) {
    bool some = false;
    for (const std::string& name : kept_names()) {
        const bool wanted = std::any_of(places.begin(), places.end(), [&](const Place& place) {
            return is_of(name, name_of(place));
        });
        if (!wanted) {
            passed_.take(name).clear();
            if (notifier_ != nullptr) {
                some = notifier_->remove_stored(name) || some;
            }
        }
    }
    if (some && notifier_ != nullptr) {
        // A manager that takes longer closes them later.
        (void)notifier_->barrier(kManagerLetsGoWithin);
    }
}

Result<std::vector<net::Bound>, net::SystemError> SocketStore::open(
    const Place& place, const net::ListenOptions& options, unsigned count
) {
    if (place.address.transport == net::Transport::systemd) {
        auto sockets = passed_.take(place.address.name);
        if (sockets.empty()) {
            return unexpected(net::system_error(
                ENOENT, net::to_string(place.address), "systemd passed no socket of this name"
            ));
        }
        return sockets;
    }
    const std::string wanted = name_of(place);
    net::KeptSockets kept;
    for (const std::string& name : kept_names()) {
        if (is_of(name, wanted)) {
            auto sockets = passed_.take(name);
            stored_.emplace(wanted, Stored{name, sockets.size(), {}});
            for (net::Bound& socket : sockets) {
                kept.add({std::move(socket.fd), file_in(name, wanted)});
            }
        }
    }
    return net::listen_on(place.address, options, count, std::move(kept));
}

void SocketStore::keep(const Place& place, std::vector<net::Bound>& sockets) {
    if (notifier_ == nullptr || place.address.transport == net::Transport::systemd ||
        sockets.empty() || sockets.size() > Notifier::kMostStored) {
        return;
    }
    const std::string where = name_of(place);
    const std::string name = name_of(place, sockets.front());
    std::vector<int> descriptors;
    descriptors.reserve(sockets.size());
    for (const net::Bound& socket : sockets) {
        descriptors.push_back(socket.fd.get());
    }
    if (is_stored_already(where, name, sockets)) {
        stored_.find(where)->second.descriptors = std::move(descriptors);
        return;
    }
    remove_stored(where);
    const bool kept = store(where, name, std::move(descriptors));
    for (net::Bound& socket : sockets) {
        if (socket.guard) {
            socket.guard->stay(kept);
        }
    }
}

bool SocketStore::store(
    const std::string& place, const std::string& name, std::vector<int> descriptors
) {
    if (name.size() > Notifier::kMaxStoredName || !notifier_->store(name, descriptors)) {
        return false;
    }
    const std::size_t count = descriptors.size();
    stored_.emplace(place, Stored{name, count, std::move(descriptors)});
    return true;
}

void SocketStore::rename(const Place& former, const Place& place) {
    const std::string before = name_of(former);
    const auto stored = stored_.find(before);
    if (notifier_ == nullptr || stored == stored_.end()) {
        return;
    }
    const Stored old = stored->second;
    const std::string now = name_of(place);
    if (!old.descriptors.empty()) {
        // If the manager does not store them under the new name, the next run opens new ones.
        (void)store(now, now + old.name.substr(before.size()), old.descriptors);
    }
    remove_stored(before);
}

// The usual restart: nothing is new, and the manager has them all.
bool SocketStore::is_stored_already(
    const std::string& place, const std::string& name, const std::vector<net::Bound>& sockets
) const {
    const bool resumed = std::all_of(sockets.begin(), sockets.end(), [](const auto& socket) {
        return socket.was_kept;
    });
    const auto stored = stored_.find(place);
    return resumed && stored_.count(place) == 1 && stored->second.name == name &&
           stored->second.sockets == sockets.size();
}

std::vector<std::string> SocketStore::close_leftovers() {
    auto names = passed_.names();
    passed_ = {};
    return names;
}

void SocketStore::give_up(const Place& place) {
    remove_stored(name_of(place));
}

void SocketStore::remove_stored(const std::string& place) {
    const auto [first, last] = stored_.equal_range(place);
    for (auto stored = first; stored != last; ++stored) {
        if (notifier_ != nullptr) {
            notifier_->remove_stored(stored->second.name);
        }
    }
    stored_.erase(first, last);
}

}  // namespace telex::sd
