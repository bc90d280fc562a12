#pragma once
// The length of a time at the start of a text, by its shape: digits and separators are where they
// belong, the numbers are not compared with a calendar.
#include <cstddef>
#include <string_view>

namespace telex::session::syslog {

// "2026-11-29T18:33:00", then fractions of up to nine digits and "Z" or "+01:00", both optional.
// Some senders write a blank in place of T. Returns 0 if the text begins with no such time.
std::size_t iso_time_length(std::string_view text);

// "Nov 29 18:33:00" with a day of one or two digits, a year before the month, before the time or
// behind it, and fractions. Returns 0 if the text begins with no such time.
std::size_t bsd_time_length(std::string_view text);

}  // namespace telex::session::syslog
