#pragma once
// Short spellings for framing tests.
#include "codec/framing.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace telex::test {

// A preset that exists.
inline codec::Framing preset(std::string_view name) {
    return codec::parse_preset(name).value();
}

// bytes({0x00, 0x03}) + "abc"
inline std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) {
        out.push_back(static_cast<char>(value));
    }
    return out;
}

// Every preset that reads a stream, with a concrete size for fixed:N.
inline std::vector<std::string> stream_presets() {
    std::vector<std::string> names;
    for (const codec::PresetInfo& info : codec::presets()) {
        if (info.name == "fixed:N") {
            names.emplace_back("fixed:5");
        } else if (info.name != "datagram") {
            names.emplace_back(info.name);
        }
    }
    return names;
}

}  // namespace telex::test
