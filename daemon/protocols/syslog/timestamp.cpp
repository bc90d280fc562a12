#include "protocols/syslog/timestamp.hpp"

#include "protocols/syslog/text_words.hpp"

#include <algorithm>
#include <cstdint>

namespace telex::session::syslog {
namespace {

constexpr std::size_t kMonthSize = 3;
constexpr std::size_t kMaxFractions = 9;

constexpr TextShape kIsoTime("dddd-dd-ddTdd:dd:dd");
constexpr TextShape kIsoTimeWithBlank("dddd-dd-dd dd:dd:dd");
constexpr TextShape kUtc("Z");
constexpr TextShape kEast("+dd:dd");
constexpr TextShape kWest("-dd:dd");
constexpr TextShape kFractions(".d");
constexpr TextShape kYear("dddd ");
constexpr TextShape kYearBehind(" 20dd");
constexpr TextShape kOldYearBehind(" 19dd");
constexpr TextShape kClock("dd:dd:dd");
constexpr TextShape kDay(" dd ");
constexpr TextShape kShortDay(" d ");
constexpr TextShape kPaddedDay("  d ");

// The three bytes of a month's name in one number.
constexpr std::uint32_t packed(std::string_view name) {
    constexpr unsigned kByteBits = 8;
    std::uint32_t number = 0;
    for (const char c : name) {
        number = number << kByteBits | static_cast<unsigned char>(c);
    }
    return number;
}

bool is_month(std::string_view name) {
    switch (packed(name)) {
        case packed("Jan"):
        case packed("Feb"):
        case packed("Mar"):
        case packed("Apr"):
        case packed("May"):
        case packed("Jun"):
        case packed("Jul"):
        case packed("Aug"):
        case packed("Sep"):
        case packed("Oct"):
        case packed("Nov"):
        case packed("Dec"):
            return true;
        default:
            return false;
    }
}

// A reader of the parts of a time: each function takes a part if it is there.
class TimeReader {
public:
    explicit TimeReader(std::string_view text) : text_(text) {}

    template <std::size_t kSize>
    bool take(const TextShape<kSize>& shape) {
        const bool found = shape.begins(rest());
        at_ += found ? shape.size() : 0;
        return found;
    }

    bool take_month() {
        if (rest().size() < kMonthSize || !is_month({rest().data(), kMonthSize})) {
            return false;
        }
        at_ += kMonthSize;
        return true;
    }

    void take_fractions() {
        if (kFractions.begins(rest())) {
            ++at_;
            at_ += std::min(digit_run(rest(), kMaxFractions), kMaxFractions);
        }
    }

    // A year behind the time: not the beginning of a longer word, such as an IPv6 address.
    void take_year_behind() {
        if (!kYearBehind.begins(rest()) && !kOldYearBehind.begins(rest())) {
            return;
        }
        const std::string_view behind = rest().substr(kYearBehind.size());
        if (behind.empty() || behind.starts_with(' ') || behind.starts_with(": ")) {
            at_ += kYearBehind.size();
        }
    }

    std::size_t length() const { return at_; }

private:
    ByteView rest() const { return {text_.data() + at_, text_.size() - at_}; }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::size_t iso_time_length(std::string_view text) {
    TimeReader reader(text);
    if (!reader.take(kIsoTime) && !reader.take(kIsoTimeWithBlank)) {
        return 0;
    }
    reader.take_fractions();
    if (!reader.take(kUtc) && !reader.take(kEast)) {
        (void)reader.take(kWest);  // optional
    }
    return reader.length();
}

std::size_t bsd_time_length(std::string_view text) {
    TimeReader reader(text);
    const bool year = reader.take(kYear);
    if (!reader.take_month() ||
        !(reader.take(kDay) || reader.take(kPaddedDay) || reader.take(kShortDay))) {
        return 0;
    }
    const bool inner_year = !year && reader.take(kYear);
    if (!reader.take(kClock)) {
        return 0;
    }
    reader.take_fractions();
    if (!year && !inner_year) {
        reader.take_year_behind();
    }
    return reader.length();
}

}  // namespace telex::session::syslog
