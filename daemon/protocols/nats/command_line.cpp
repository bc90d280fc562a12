#include "protocols/nats/command_line.hpp"

#include <algorithm>
#include <array>

namespace telex::session::nats {

namespace {

constexpr std::size_t kMaxSizeDigits = 9;

// An object, so that algorithms inline it.
constexpr auto kIsSpace = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };

// `word` is in upper case.
bool is_word(std::string_view text, std::string_view word) {
    constexpr char kCase = 'a' - 'A';
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char c, char upper) {
               return c == upper || (c >= 'a' && c <= 'z' && c - kCase == upper);
           });
}

struct Word {
    std::string_view text;
    Verb verb;
};

// Frequent ones first.
constexpr std::array kWords = {
    Word{"PUB", Verb::pub},
    Word{"HPUB", Verb::hpub},
    Word{"SUB", Verb::sub},
    Word{"UNSUB", Verb::unsub},
    Word{"PING", Verb::ping},
    Word{"PONG", Verb::pong},
    Word{"CONNECT", Verb::connect},
    Word{"INFO", Verb::info},
    Word{"+OK", Verb::outcome},
    Word{"-ERR", Verb::outcome},
};

Verb verb_of(std::string_view word) {
    const auto* const found = std::find_if(kWords.begin(), kWords.end(), [&](const Word& known) {
        return is_word(word, known.text);
    });
    return found == kWords.end() ? Verb::unknown : found->verb;
}

// Removes the first word and the spaces behind it.
std::string_view take_word(std::string_view& text) {
    const auto end = std::find_if(text.begin(), text.end(), kIsSpace);
    const std::string_view word(text.begin(), end);
    text.remove_prefix(word.size());
    while (!text.empty() && kIsSpace(text.front())) {
        text.remove_prefix(1);
    }
    return word;
}

}  // namespace

std::string_view trim(std::string_view text) {
    while (!text.empty() && kIsSpace(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && kIsSpace(text.back())) {
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
    const auto last = std::find_if(text.rbegin(), text.rend(), kIsSpace).base();
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
