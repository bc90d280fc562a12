#include "protocols/nats/command_line.hpp"

#include <algorithm>

namespace telex::session::nats {

namespace {

constexpr std::size_t kMaxSizeDigits = 9;

bool is_space(char c) {
    return c == ' ' || c == '\t';
}

// `word` is in upper case.
bool is_word(std::string_view text, std::string_view word) {
    constexpr char kCase = 'a' - 'A';
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char c, char upper) {
               return c == upper || (c >= 'a' && c <= 'z' && c - kCase == upper);
           });
}

Verb verb_of(std::string_view word) {
    switch (word.size()) {
        case 3:
            return is_word(word, "PUB")   ? Verb::pub
                   : is_word(word, "SUB") ? Verb::sub
                   : is_word(word, "+OK") ? Verb::outcome
                                          : Verb::unknown;
        case 4:
            return is_word(word, "HPUB")   ? Verb::hpub
                   : is_word(word, "PING") ? Verb::ping
                   : is_word(word, "PONG") ? Verb::pong
                   : is_word(word, "INFO") ? Verb::info
                   : is_word(word, "-ERR") ? Verb::outcome
                                           : Verb::unknown;
        case 5:
            return is_word(word, "UNSUB") ? Verb::unsub : Verb::unknown;
        case 7:
            return is_word(word, "CONNECT") ? Verb::connect : Verb::unknown;
        default:
            return Verb::unknown;
    }
}

// Removes the first word and the spaces behind it.
std::string_view take_word(std::string_view& text) {
    const auto end = std::find_if(text.begin(), text.end(), is_space);
    const std::string_view word(text.begin(), end);
    text.remove_prefix(word.size());
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    return word;
}

}  // namespace

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

CommandLine parse_line(ByteView line) {
    CommandLine command;
    std::string_view text = line;
    command.verb = verb_of(take_word(text));
    command.rest = trim(text);
    if (command.verb == Verb::connect || command.verb == Verb::info) {
        return command;
    }
    text = command.rest;
    while (!text.empty() && command.part_count_ < CommandLine::kMaxArguments) {
        command.parts_[command.part_count_++] = take_word(text);
    }
    return command;
}

std::optional<std::size_t> payload_size(ByteView line) {
    std::string_view text = line;
    const Verb verb = verb_of(take_word(text));
    if (verb != Verb::pub && verb != Verb::hpub) {
        return std::nullopt;
    }
    text = trim(text);
    const auto last = std::find_if(text.rbegin(), text.rend(), is_space).base();
    return last == text.begin() ? std::nullopt : parse_size({last, text.end()});
}

std::optional<std::size_t> parse_size(std::string_view text) {
    if (text.empty() || text.size() > kMaxSizeDigits) {
        return std::nullopt;
    }
    std::size_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + static_cast<std::size_t>(c - '0');
    }
    return value;
}

}  // namespace telex::session::nats
