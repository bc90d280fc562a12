#pragma once
// The names that a client gives to its subscriptions (sid), and their numbers in the exchange.
//
// A name that is a decimal number is its own number, and nothing is stored: so all known clients
// name them. Other names get numbers above.
//
// Owner: the session. Thread: the connection's reactor.
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace telex::session::nats {

class SidNames {
public:
    // Longer names are refused.
    static constexpr std::size_t kMaxBytes = 64;

    // Returns 0 for a name that has no number.
    std::uint64_t find(std::string_view name) const;
    // Its former subscription may still be ending: the name then has two numbers, and find()
    // returns the new one.
    std::uint64_t add(std::string_view name);
    // Its subscription has ended.
    void remove(std::uint64_t number);

    // Of the names.
    std::size_t memory() const { return named_ ? named_->memory : 0; }

    // Writes the name to `out`, which has room for kMaxBytes, and returns its end.
    char* write(std::uint64_t number, char* out) const {
        return number < kFirstNamed ? write_decimal(number, out) : write_named(number, out);
    }

private:
    static constexpr std::uint64_t kFirstNamed = std::uint64_t{1} << 63U;

    struct Named {
        std::map<std::string, std::uint64_t, std::less<>> numbers;
        std::map<std::uint64_t, std::string> names;
        std::uint64_t next = kFirstNamed;
        std::size_t memory = 0;
    };

    static char* write_decimal(std::uint64_t number, char* out);
    char* write_named(std::uint64_t number, char* out) const;

    std::unique_ptr<Named> named_;
};

}  // namespace telex::session::nats
