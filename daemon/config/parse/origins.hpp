#pragma once
// The position of each key in the file, and the keys with errors. Paths are those of the messages:
// "listeners[0].limits.max_frame".
#include "config/parse/diagnostic.hpp"
#include "config/parse/setting.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace telex::config {

class Origins {
public:
    void set(const std::string& path, Position key, Position value);

    // Stores a value.
    void read(const std::string& path, Setting setting) { settings_[path] = std::move(setting); }

    const Settings& settings() const { return settings_; }

    // The secret value at `path`, or the first one in a list there; null if there is none.
    const Setting* secret_at(const std::string& path) const;
    // The first secret value at or below `path`.
    const Setting* secret_below(const std::string& path) const;

    // The value at `path` for a message: `text` or, of a secret one, the text of the file.
    std::string shown(const std::string& path, const std::string& text) const;

    // Marks a key with an error, so that rules skip it.
    void fail(const std::string& path) { failed_.insert(path); }

    bool given(std::string_view path) const { return places_.contains(path); }

    // Returns true if neither the key nor a mapping or list that contains it has an error.
    bool good(std::string_view path) const;

    // Position of the value or, if the key is absent, of the nearest key above it.
    Position value_of(std::string_view path) const;
    Position key_of(std::string_view path) const;

private:
    struct Place {
        Position key;
        Position value;
    };

    template <class Test>
    const Setting* first_secret(const std::string& path, Test is_part) const;
    const Place& nearest(std::string_view path) const;

    std::map<std::string, Place, std::less<>> places_;
    std::set<std::string, std::less<>> failed_;
    Settings settings_;
};

// "a.b" for "a" and "b"; "b" for "" and "b".
std::string join(std::string_view path, std::string_view key);
// "a[3]".
std::string item(std::string_view path, std::size_t index);

}  // namespace telex::config
