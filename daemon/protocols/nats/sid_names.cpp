#include "protocols/nats/sid_names.hpp"

#include "base/allocated.hpp"
#include "base/short_bytes.hpp"

#include <charconv>
#include <utility>

namespace telex::session::nats {

namespace {

// Returns 0 unless the name is written as the number would be.
std::uint64_t decimal(std::string_view name) {
    constexpr std::size_t kMaxDigits = 18;
    if (name.empty() || name.size() > kMaxDigits || name.front() == '0') {
        return 0;
    }
    std::uint64_t number = 0;
    const char* const end = name.data() + name.size();
    const auto result = std::from_chars(name.data(), end, number);
    return result.ec == std::errc() && result.ptr == end ? number : 0;
}

// Of one of the two maps: a node and the name.
std::size_t entry_memory(const std::string& name) {
    constexpr std::size_t kLinks = 4 * sizeof(void*);
    return allocated(kLinks + sizeof(std::pair<const std::string, std::uint64_t>)) +
           memory_of(name);
}

}  // namespace

std::uint64_t SidNames::find(std::string_view name) const {
    if (const std::uint64_t number = decimal(name); number != 0) {
        return number;
    }
    if (!named_) {
        return 0;
    }
    const auto found = named_->numbers.find(name);
    return found == named_->numbers.end() ? 0 : found->second;
}

std::uint64_t SidNames::add(std::string_view name) {
    if (const std::uint64_t number = decimal(name); number != 0) {
        return number;
    }
    if (!named_) {
        named_ = std::make_unique<Named>();
    }
    const std::uint64_t number = named_->next++;
    const auto [entry, is_new] = named_->numbers.insert_or_assign(std::string(name), number);
    named_->names.emplace(number, name);
    named_->memory += (is_new ? 2 : 1) * entry_memory(entry->first);
    return number;
}

void SidNames::remove(std::uint64_t number) {
    if (number < kFirstNamed || !named_) {
        return;
    }
    const auto found = named_->names.find(number);
    if (found != named_->names.end()) {
        const std::size_t entry = entry_memory(found->second);
        const auto last = named_->numbers.find(found->second);
        if (last != named_->numbers.end() && last->second == number) {
            named_->numbers.erase(last);
            named_->memory -= entry;
        }
        named_->names.erase(found);
        named_->memory -= entry;
    }
}

char* SidNames::write_decimal(std::uint64_t number, char* out) {
    return std::to_chars(out, out + kMaxBytes, number).ptr;
}

char* SidNames::write_named(std::uint64_t number, char* out) const {
    if (!named_) {
        return out;
    }
    const auto found = named_->names.find(number);
    return found == named_->names.end() ? out : copy_to(out, found->second);
}

}  // namespace telex::session::nats
