#pragma once
// The bytes of a script: each choice of a test driven by bytes takes some. After the end all are 0.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace telex::testing {

class ScriptBytes {
public:
    explicit ScriptBytes(std::string_view bytes) : bytes_(bytes) {}

    bool empty() const { return bytes_.empty(); }

    std::uint8_t next() {
        const std::string_view one = take(1);
        return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one[0]);
    }

    // At most `size` bytes.
    std::string_view take(std::size_t size) {
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(taken.size());
        return taken;
    }

    // For choices that are worth no byte: the same in every run of a script.
    bool chance(unsigned of) {
        random_ = random_ * 1'103'515'245U + 12'345U;
        return random_ / 65'536U % of == 0;
    }

    void seed_chances(std::uint32_t seed) { random_ = seed; }

private:
    std::string_view bytes_;
    std::uint32_t random_ = 0;
};

}  // namespace telex::testing
