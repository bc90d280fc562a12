#include "codec/delimiter_context.hpp"

namespace telex::codec {

namespace {

std::string marks_of(const DelimiterOptions& options) {
    std::string marks = options.quotes + options.brackets;
    for (const std::string& end : options.ends) {
        marks.push_back(end.back());
    }
    return marks;
}

}  // namespace

void DelimiterContext::State::restart() {
    quoted = false;
    escaped = false;
    too_deep = false;
    open.clear();
    pending = {};
}

DelimiterContext::DelimiterContext(const DelimiterOptions& options, std::size_t nesting)
    : delimiters_(options.ends),
      marks_(marks_of(options)),
      quotes_(options.quotes),
      brackets_(options.brackets),
      escape_(options.escape),
      after_(options.after),
      nesting_(nesting) {}

DelimiterMatch DelimiterContext::find(
    ByteView input, std::size_t from, State& state, std::uint64_t& examined
) const {
    if (state.pending) {
        return complete(input, state);
    }
    while (from < input.size() && !state.too_deep) {
        if (state.quoted) {
            from = skip_quoted(input, from, state, examined);
            continue;
        }
        const std::size_t mark = marks_.find(input, from);
        examined += mark - from;
        if (mark == input.size()) {
            break;
        }
        ++examined;
        from = mark + 1;
        if (state.open.empty()) {
            state.pending = delimiters_.find(input.substr(0, from), mark, examined);
        }
        if (state.pending) {
            return complete(input, state);
        }
        take(input[mark], state);
    }
    return {};
}

// Returns the offset behind the quoted content, or the size of the input.
std::size_t DelimiterContext::skip_quoted(
    ByteView input, std::size_t from, State& state, std::uint64_t& examined
) const {
    const std::size_t begin = from;
    while (state.quoted && from < input.size()) {
        const char byte = input[from++];
        if (state.escaped) {
            state.escaped = false;
        } else if (byte == state.quote) {
            state.quoted = false;
        } else {
            state.escaped = escape_.starts_with(byte);
        }
    }
    examined += from - begin;
    return from;
}

// A byte outside of quotes.
void DelimiterContext::take(char byte, State& state) const {
    if (quotes_.find(byte) != std::string::npos) {
        state.quoted = true;
        state.quote = byte;
        return;
    }
    const std::size_t bracket = brackets_.find(byte);
    if (bracket == std::string::npos) {
        return;
    }
    if (bracket % 2 == 1) {
        if (state.open.ends_with(byte)) {
            state.open.pop_back();
        }
        return;
    }
    state.too_deep = state.open.size() == nesting_;
    state.open.push_back(brackets_[bracket + 1]);
}

DelimiterMatch DelimiterContext::complete(ByteView input, State& state) const {
    const DelimiterMatch match{.start = state.pending.start, .end = state.pending.end + after_};
    if (match.end > input.size()) {
        return {};
    }
    state.restart();
    return match;
}

void ContextSearch::drop(std::size_t bytes) {
    if (state_.pending) {
        state_.pending.start -= bytes;
        state_.pending.end -= bytes;
    }
}

}  // namespace telex::codec
