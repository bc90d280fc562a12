#pragma once
// Limits the number of peers before authentication.
//
// A source is a network that one party may own (net::network_of). One source gets at most a quarter
// of the slots, so that a crowd from one of them leaves room for the others.
//
// Thread: one at a time.
#include <cstdint>
#include <string>
#include <unordered_map>

namespace telex::access {

class PreAuthLimiter {
public:
    explicit PreAuthLimiter(std::uint32_t slots) : slots_(slots) {}

    void set_slots(std::uint32_t slots) { slots_ = slots; }

    // Returns false if this source has reached its share. An empty source has no separate share.
    [[nodiscard]] bool enter(const std::string& source);
    void leave(const std::string& source);

private:
    std::uint32_t slots_;
    std::uint32_t present_ = 0;
    std::unordered_map<std::string, std::uint32_t> present_of_;
};

}  // namespace telex::access
