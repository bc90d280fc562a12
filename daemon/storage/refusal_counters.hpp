#pragma once
// Refused publications of a stream, by their reason.
#include "streams/refusal.hpp"
#include "telex/v1/error.pb.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace telex::storage {

// The error code of a refused publication.
v1::ErrorCode code_of(streams::RefusalReason reason);

// Owner: StreamRuntime. One thread.
class RefusalCounters {
public:
    void count(streams::RefusalReason reason) { ++counts_[static_cast<std::size_t>(reason)]; }

    // For a message that the daemon is too old for.
    void count_unknown_field() { ++counts_[kUnknownField]; }

    void count_full() { ++counts_[kFull]; }

    void count_failed() { ++counts_[kFailed]; }

    // Calls visit(name, count) for each reason that occurred.
    template <class Function>
    void for_each(Function&& visit) const {
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i] != 0) {
                visit(name_of(i), counts_[i]);
            }
        }
    }

private:
    static constexpr std::size_t kReasons =
        static_cast<std::size_t>(streams::RefusalReason::lookup_required) + 1;
    static constexpr std::size_t kUnknownField = kReasons;
    static constexpr std::size_t kFull = kReasons + 1;
    static constexpr std::size_t kFailed = kReasons + 2;

    static std::string_view name_of(std::size_t reason);

    std::array<std::uint64_t, kReasons + 3> counts_{};
};

}  // namespace telex::storage
