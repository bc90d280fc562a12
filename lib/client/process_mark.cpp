#include "client/process_mark.hpp"

#include <pthread.h>

#include <atomic>
#include <utility>

namespace telex::client {
namespace {

// How many forks lie between the first process and this one.
std::atomic<std::uint32_t> forks{0};

// Before main() or when the library is loaded, so that no fork is missed.
[[maybe_unused]] const int watches_forks =
    ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });

// Objects that are left as they are; reachable, so that no tool takes them for leaks.
struct Inherited {
    std::shared_ptr<void> object;
    Inherited* next;
};

std::atomic<Inherited*> inherited_objects{nullptr};

}  // namespace

ProcessMark::ProcessMark() : forks_(forks.load(std::memory_order_relaxed)) {}

bool ProcessMark::is_inherited() const {
    return forks_ != forks.load(std::memory_order_relaxed);
}

Error inherited_error() {
    return {Errc::closed, "the client was made before fork(); make one in this process"};
}

void leave_as_it_is(std::shared_ptr<void> inherited) {
    auto* const entry = new Inherited{std::move(inherited), nullptr};
    entry->next = inherited_objects.load();
    while (!inherited_objects.compare_exchange_weak(entry->next, entry)) {
    }
}

}  // namespace telex::client
