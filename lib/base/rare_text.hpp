#pragma once
// A text that most owners do not have: while it is empty it takes a pointer.
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace telex {

class RareText {
public:
    RareText() = default;

    explicit RareText(std::string text) { assign(std::move(text)); }

    void assign(std::string text) {
        text_ = text.empty() ? nullptr : std::make_unique<const std::string>(std::move(text));
    }

    void clear() { text_.reset(); }

    bool empty() const { return !text_; }

    // Valid until the next change.
    std::string_view view() const { return text_ ? std::string_view(*text_) : std::string_view(); }

private:
    std::unique_ptr<const std::string> text_;  // null: empty
};

}  // namespace telex
