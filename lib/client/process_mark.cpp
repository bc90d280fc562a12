#include "client/process_mark.hpp"

#include <pthread.h>

#include <atomic>
#include <utility>

namespace telex::client {
namespace {

// Number of forks between the first process and this one.
std::atomic<std::uint32_t> forks{0};

// Registered before main() or when the library is loaded, so that no fork is missed.
[[maybe_unused]] const int watches_forks =
    ::pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });

// The leaked objects; reachable, so that leak checkers do not report them.
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
    return {Errc::closed, "the client was created before fork(); create one in this process"};
}

void leave_as_it_is(std::shared_ptr<void> inherited) {
    auto* const entry = new Inherited{std::move(inherited), nullptr};
    entry->next = inherited_objects.load();
    while (!inherited_objects.compare_exchange_weak(entry->next, entry)) {
    }
}

}  // namespace telex::client
