#include "protocols/syslog/timestamp.hpp"

#include "protocols/syslog/text_cursor.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace telex::session::syslog {
namespace {

// The three bytes of a month's name in one number: compared at once.
constexpr std::uint32_t packed(std::string_view name) {
    constexpr unsigned kByteBits = 8;
    std::uint32_t number = 0;
    for (const char c : name) {
        number = number << kByteBits | static_cast<unsigned char>(c);
    }
    return number;
}

constexpr std::array<std::uint32_t, 12> kMonths = {
    packed("Jan"),
    packed("Feb"),
    packed("Mar"),
    packed("Apr"),
    packed("May"),
    packed("Jun"),
    packed("Jul"),
    packed("Aug"),
    packed("Sep"),
    packed("Oct"),
    packed("Nov"),
    packed("Dec"),
};
constexpr std::size_t kMonthSize = 3;
constexpr std::size_t kMaxFractions = 9;
constexpr std::string_view kClockShape = "dd:dd:dd";

// `d` in the shape is a digit, every other byte itself.
bool has_shape_of(std::string_view text, std::string_view shape) {
    return text.size() >= shape.size() &&
           std::equal(shape.begin(), shape.end(), text.begin(), [](char want, char is) {
               return want == 'd' ? is_decimal(is) : want == is;
           });
}

// A reader of the parts of a time: each function takes a part if it is there.
class TimeReader {
public:
    explicit TimeReader(std::string_view text) : text_(text) {}

    bool shape(std::string_view shape) {
        if (!has_shape_of(text_.substr(at_), shape)) {
            return false;
        }
        at_ += shape.size();
        return true;
    }

    bool month() {
        const std::string_view name = text_.substr(at_, kMonthSize);
        if (name.size() != kMonthSize ||
            std::find(kMonths.begin(), kMonths.end(), packed(name)) == kMonths.end()) {
            return false;
        }
        at_ += kMonthSize;
        return true;
    }

    void fractions() {
        if (!has_shape_of(text_.substr(at_), ".d")) {
            return;
        }
        ++at_;
        for (std::size_t i = 0; i < kMaxFractions && shape("d"); ++i) {
        }
    }

    // A year behind the time: not the beginning of a longer word, such as an IPv6 address.
    void year_behind() {
        const std::string_view rest = text_.substr(at_);
        constexpr std::size_t kSize = std::string_view(" 20dd").size();
        if (!has_shape_of(rest, " 20dd") && !has_shape_of(rest, " 19dd")) {
            return;
        }
        const std::string_view behind = rest.substr(kSize);
        if (behind.empty() || behind.starts_with(' ') || behind.starts_with(": ")) {
            at_ += kSize;
        }
    }

    std::size_t length() const { return at_; }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::size_t iso_time_length(std::string_view text) {
    TimeReader reader(text);
    if (!reader.shape("dddd-dd-ddTdd:dd:dd") && !reader.shape("dddd-dd-dd dd:dd:dd")) {
        return 0;
    }
    reader.fractions();
    if (!reader.shape("Z") && !reader.shape("+dd:dd")) {
        (void)reader.shape("-dd:dd");  // optional
    }
    return reader.length();
}

std::size_t bsd_time_length(std::string_view text) {
    TimeReader reader(text);
    const bool year = reader.shape("dddd ");
    if (!reader.month() || !(reader.shape(" dd ") || reader.shape("  d ") || reader.shape(" d "))) {
        return 0;
    }
    const bool inner_year = !year && reader.shape("dddd ");
    if (!reader.shape(kClockShape)) {
        return 0;
    }
    reader.fractions();
    if (!year && !inner_year) {
        reader.year_behind();
    }
    return reader.length();
}

}  // namespace telex::session::syslog
