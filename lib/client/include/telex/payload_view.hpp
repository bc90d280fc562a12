#pragma once
// The payload of a message to send, not owned: text or octets, which are sent unchanged.
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

namespace telex {

// Converts from anything that converts to std::string_view or to std::span<const std::byte>.
// Octets of another type: std::as_bytes(std::span(values)). The call that takes a view copies the
// octets before it returns.
class PayloadView {
public:
    template <std::convertible_to<std::string_view> Text>
    constexpr PayloadView(const Text& text)
        : octets_(text) {}  // NOLINT(google-explicit-constructor)

    template <std::convertible_to<std::span<const std::byte>> Bytes>
        requires(!std::convertible_to<Bytes, std::string_view>)
    PayloadView(const Bytes& bytes)  // NOLINT(google-explicit-constructor)
        : octets_(characters(bytes)) {}

    [[nodiscard]] constexpr std::string_view octets() const { return octets_; }

private:
    static std::string_view characters(std::span<const std::byte> bytes) {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    std::string_view octets_;
};

}  // namespace telex
